using EmbeddedTcp.Services.Sntp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Shows what time it is and who told; names a server.</summary>
public sealed class NtpCommand : Command
{
    /// <summary>The command.</summary>
    public NtpCommand()
        : base("ntp", "[SERVER]", "the time by SNTP; SERVER is asked at once")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (application.Network == null)
        {
            output.WriteLine("ntp: this board was built without UDP");
            return null;
        }

        SntpClient sntp = application.Network.Sntp;
        if (arguments.Length > 0)
        {
            uint server;
            if (arguments.Length > 1 || !Ipv4Address.TryParse(arguments[0], out server))
            {
                return Complain(output, "SERVER is an IPv4 address, such as 10.77.0.1");
            }

            sntp.SetServer(0, server);
            sntp.Start();
            output.WriteLine("asking " + arguments[0]);
            return null;
        }

        if (!sntp.Synchronised)
        {
            output.WriteLine("not synchronised: no server has told the time yet");
            return null;
        }

        output.WriteLine("unix      " + (sntp.UnixMilliseconds / 1000).ToString() + " s");
        output.WriteLine("server    " + Ipv4Address.Format(sntp.Server) + ", stratum " + sntp.Stratum.ToString() + ", there and back "
            + sntp.RoundTripMs.ToString() + " ms");
        output.WriteLine("answers   " + sntp.Answers.ToString() + ", refused " + sntp.Refused.ToString());
        return null;
    }
}
