using EmbeddedTcp.Link;
using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Lists the UDP sockets, or sends a datagram and prints what comes back.</summary>
public sealed class UdpCommand : Command
{
    private const int WaitMs = 2000;

    /// <summary>The command.</summary>
    public UdpCommand()
        : base("udp", "[HOST PORT TEXT]", "the UDP sockets; sends TEXT and prints the answers")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        UdpEngine udp = application.Net.Udp;
        if (udp == null)
        {
            output.WriteLine("udp: this board was built without UDP");
            return null;
        }

        if (arguments.Length == 0)
        {
            List(udp, output);
            return null;
        }

        uint address;
        int port;
        if (arguments.Length != 3 || !Ipv4Address.TryParse(arguments[0], out address) || address == 0
            || !Format.TryParse(arguments[1], 65535, out port) || port == 0)
        {
            return Complain(output, "an IPv4 address, a port and a word are needed");
        }

        UdpSocket socket = udp.Bind(0);
        if (socket == null)
        {
            output.WriteLine("udp: no socket is free");
            return null;
        }

        byte[] text = new byte[arguments[2].Length];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (byte)arguments[2][i];
        }

        if (!socket.SendTo(address, port, text, 0, text.Length))
        {
            socket.Close();
            output.WriteLine("udp: not sent, there is no route or the device is busy");
            return null;
        }

        return new Answers(application.Net, socket, output);
    }

    private static void List(UdpEngine udp, TextOutput output)
    {
        for (int i = 0; i < udp.SocketCount; i++)
        {
            UdpSocket s = udp.SocketAt(i);
            if (s.LocalPort == 0)
            {
                continue;
            }

            string peer = s.RemotePort == 0 ? "*:*" : Ipv4Address.Format(s.RemoteAddress) + ":" + s.RemotePort.ToString();
            output.WriteLine(Format.Right(i, 3) + "  *:" + Format.Left(s.LocalPort.ToString(), 8) + Format.Left(peer, 22) + s.Pending.ToString()
                + " waiting, " + s.Overruns.ToString() + " lost");
        }

        output.WriteLine(udp.DatagramsIn.ToString() + " datagrams in, " + udp.DatagramsOut.ToString() + " out");
    }

    private sealed class Answers : Job
    {
        private readonly NetworkInterface _net;
        private readonly UdpSocket _socket;
        private readonly TextOutput _output;
        private readonly byte[] _buffer = new byte[256];
        private readonly long _endAt;
        private int _count;

        public Answers(NetworkInterface net, UdpSocket socket, TextOutput output)
        {
            _net = net;
            _socket = socket;
            _output = output;
            _endAt = net.NowMs + WaitMs;
        }

        public override int Run(long nowMs)
        {
            int n;
            while ((n = _socket.ReceiveFrom(_buffer, 0, _buffer.Length)) >= 0)
            {
                _count++;
                char[] text = new char[n];
                for (int i = 0; i < n; i++)
                {
                    // What is not printable must not reach the terminal.
                    text[i] = _buffer[i] >= 32 && _buffer[i] < 127 ? (char)_buffer[i] : '.';
                }

                _output.WriteLine(Ipv4Address.Format(_socket.FromAddress) + ":" + _socket.FromPort.ToString() + "  " + _socket.FromLength.ToString()
                    + " bytes: " + new string(text));
            }

            if ((_socket.TakeEvents() & UdpEvents.Error) != 0)
            {
                _output.WriteLine("udp: unreachable, code " + _socket.ErrorCode.ToString());
                Abort();
                return 0;
            }

            if (nowMs >= _endAt)
            {
                _output.WriteLine(_count.ToString() + " answers in " + (WaitMs / 1000).ToString() + " s");
                Abort();
            }

            return 20;
        }

        public override void Abort()
        {
            _socket.Close();
            Done = true;
        }
    }
}
