using EmbeddedTcp.Link;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>Two stacks with UDP: the service under test on A, and on B a socket for the test to play its peer with.</summary>
internal static class Lab
{
    internal static TwoStacks Make()
    {
        TwoStacks t = new TwoStacks(Options(), Options());
        t.Settle();
        return t;
    }

    /// <summary>Time passes until the peer has a datagram.</summary>
    internal static int Hear(TwoStacks t, EmbeddedTcp.Udp.UdpSocket peer, byte[] buffer)
    {
        int length = -1;
        for (int i = 0; i < 2000 && length < 0; i++)
        {
            length = peer.ReceiveFrom(buffer, 0, buffer.Length);
            if (length < 0)
            {
                t.Run(10);
            }
        }

        Assert.IsTrue(length >= 0, "silence");
        return length;
    }

    private static StackOptions Options()
    {
        StackOptions options = new StackOptions();
        options.UdpSockets = 2;
        options.MulticastGroups = 1;
        return options;
    }
}
