using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>What tshark, which knows nothing of this stack, finds in a recorded capture.</summary>
internal static class Capture
{
    private const string Faulty =
        "_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || tcp.checksum.status == 0 || icmp.checksum.status == 0";

    // Random octets on a port that tshark does not know would be guessed at, and look like many a protocol gone wrong.
    private static readonly string[] s_checks = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-d", "tcp.port==4711,echo"];

    /// <summary>The frames tshark objects to, one line each; none if the capture is clean.</summary>
    public static string Complaints(string file)
    {
        return Tool.Run("tshark", ["-r", file, .. s_checks, "-Y", Faulty], seconds: 60).Succeeded().Text.Trim();
    }

    /// <summary>Counts the frames that a display filter finds.</summary>
    public static int Count(string file, string filter)
    {
        string lines = Tool.Run("tshark", ["-r", file, "-Y", filter, "-T", "fields", "-e", "frame.number"], seconds: 60).Succeeded().Text;
        return lines.Split('\n', System.StringSplitOptions.RemoveEmptyEntries).Length;
    }

    /// <summary>Fails the test when tshark finds a malformed packet or a bad checksum; says so and goes on where there is no tshark.</summary>
    public static void AssertClean(string file, TestContext context)
    {
        if (!Tool.Exists("tshark"))
        {
            context.WriteLine("no tshark here: the capture was not checked");
            return;
        }

        Assert.AreEqual(string.Empty, Complaints(file), file);
        Assert.AreNotEqual(0, Count(file, "tcp"), "the capture holds no TCP segment");
    }
}
