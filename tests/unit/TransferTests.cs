using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>Data between two stacks in memory.</summary>
[TestClass]
public class TransferTests
{
    /// <summary>A connection is opened, carries data both ways, and is closed in four segments.</summary>
    [TestMethod]
    public void Connection_lives_and_ends()
    {
        TwoStacks t = new TwoStacks();
        TcpListener listener = t.B.Tcp.Listen(7, 2);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        Assert.IsTrue(client.State == TcpState.Established);
        TcpConnection server = listener.Accept();
        Assert.IsTrue(server != null);

        byte[] data = new byte[3000];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 7);
        }

        int sent = 0;
        int received = 0;
        int wrong = 0;
        byte[] buffer = new byte[700];
        for (int turn = 0; turn < 5000 && received < 300000; turn++)
        {
            int offset = sent % data.Length;
            sent += client.Write(data, offset, data.Length - offset);
            t.Settle();
            int n;
            while ((n = server.Read(buffer, 0, buffer.Length)) > 0)
            {
                for (int i = 0; i < n; i++)
                {
                    if (buffer[i] != (byte)(received % data.Length * 7))
                    {
                        wrong++;
                    }

                    received++;
                }
            }

            if (turn % 50 == 49)
            {
                t.Run(1);
            }
        }

        Assert.IsTrue(received >= 300000);
        Assert.IsTrue(wrong == 0, "octets differ");
        client.Close();
        t.Run(1000);
        while (server.Read(buffer, 0, buffer.Length) > 0)
        {
            t.Settle();
        }

        t.Run(10);
        Assert.IsTrue(server.State == TcpState.CloseWait);
        server.Close();
        t.Run(10);
        Assert.IsTrue(t.A.Tcp.FreeSlots == 4);
        Assert.IsTrue(t.B.Tcp.FreeSlots == 4);
        Assert.IsTrue(t.A.Tcp.TimeWait.Count == 1);
        t.Run(60000);
        Assert.IsTrue(t.A.Tcp.TimeWait.Count == 0);
    }
}
