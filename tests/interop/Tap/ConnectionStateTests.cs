using System.Diagnostics;
using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Tap;

/// <summary>
/// The states of RFC 9293 §3.3.2 as netstat shows them, each provoked by a peer that plays its segments one by one.
/// </summary>
[TestClass]
public sealed class ConnectionStateTests
{
    private const int Echo = 7;
    private const int Daytime = 13;
    private const uint Iss = 1_000_000;
    private const string Peer = "10.77.0.77:";

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void Syn_received_while_the_peer_owes_its_acknowledgment()
    {
        using TapLab lab = TapLab.Start(TestContext);
        using RawPeer peer = lab.RawPeer();
        peer.Send(4001, Echo, TcpFlag.Syn, Iss, 0);
        Segment answer = peer.Receive(4001, "SYN,ACK");
        Assert.AreEqual(TcpFlag.Syn | TcpFlag.Ack, answer.Flags);
        Assert.AreEqual(Iss + 1, answer.Acknowledgment);
        Expect(lab, 4001, "SYN_RCVD");

        peer.Send(4001, Echo, TcpFlag.Rst, Iss + 1, 0);
        ExpectGone(lab, 4001);
        lab.Finish();
    }

    [TestMethod]
    public void Established_then_close_wait_at_a_closed_window_then_last_ack()
    {
        using TapLab lab = TapLab.Start(TestContext);
        using RawPeer peer = lab.RawPeer();
        uint board = Handshake(peer, 4002, Echo, window: 0);
        Expect(lab, 4002, "ESTABLISHED");

        // "hello" and a FIN: the echo cannot leave while the window is closed, and the board's FIN not before it.
        peer.Send(4002, Echo, TcpFlag.Ack | TcpFlag.Psh | TcpFlag.Fin, Iss + 1, board, 0, "hello"u8.ToArray());
        uint next = Iss + 7;
        Expect(lab, 4002, "CLOSE_WAIT");

        // The window opens: "hello" and the board's FIN, which this peer does not acknowledge.
        peer.Send(4002, Echo, TcpFlag.Ack, next, board, 8192);
        Segment segment;
        do
        {
            segment = peer.Receive(4002, "the board's FIN");
        }
        while ((segment.Flags & TcpFlag.Fin) == 0);
        Expect(lab, 4002, "LAST_ACK");

        uint end = segment.Sequence + (uint)segment.Data.Length + 1;
        Assert.AreEqual(board + 6, end, "five octets and a FIN");
        peer.Send(4002, Echo, TcpFlag.Ack, next, end);
        ExpectGone(lab, 4002);
        lab.Finish();
    }

    [TestMethod]
    public void Fin_wait_1_fin_wait_2_and_time_wait_which_ends_after_2_MSL()
    {
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { MaximumSegmentLifetime = 1000 });
        using RawPeer peer = lab.RawPeer();
        uint board = Handshake(peer, 4003, Daytime, window: 8192);
        uint end = board;
        Segment segment;
        do
        {
            segment = peer.Receive(4003, "the time and a FIN");
            end = segment.Sequence + (uint)segment.Data.Length;
        }
        while ((segment.Flags & TcpFlag.Fin) == 0);
        Expect(lab, 4003, "FIN_WAIT_1");

        peer.Send(4003, Daytime, TcpFlag.Ack, Iss + 1, end + 1);
        Expect(lab, 4003, "FIN_WAIT_2");

        peer.Send(4003, Daytime, TcpFlag.Fin | TcpFlag.Ack, Iss + 1, end + 1);
        long start = Stopwatch.GetTimestamp();
        Expect(lab, 4003, "TIME_WAIT");
        Assert.AreEqual(8, lab.Running.Ask(b => b.Net.Tcp.FreeSlots), "TIME_WAIT takes no slot");
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 1800)
        {
            StringAssert.Contains(lab.Running.Type("netstat"), "TIME_WAIT");
            Thread.Sleep(50);
        }

        ExpectGone(lab, 4003);
        double waited = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.IsTrue(waited is >= 1900 and < 4000, $"TIME_WAIT ended after {waited} ms, 2MSL is 2,000");
        lab.Finish();
    }

    [TestMethod]
    public void Closing_after_a_simultaneous_close()
    {
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { MaximumSegmentLifetime = 500 });
        using RawPeer peer = lab.RawPeer();
        uint board = Handshake(peer, 4004, Daytime, window: 8192);
        Segment segment;
        do
        {
            segment = peer.Receive(4004, "the time and a FIN");
        }
        while ((segment.Flags & TcpFlag.Fin) == 0);

        // The peer's FIN acknowledges nothing of it, as if the two FINs had crossed.
        peer.Send(4004, Daytime, TcpFlag.Fin | TcpFlag.Ack, Iss + 1, board);
        Expect(lab, 4004, "CLOSING");
        peer.Send(4004, Daytime, TcpFlag.Ack, Iss + 2, segment.Sequence + (uint)segment.Data.Length + 1);
        Expect(lab, 4004, "TIME_WAIT");
        ExpectGone(lab, 4004);
        lab.Finish();
    }

    [TestMethod]
    public void Kernel_that_closes_second_finds_the_board_in_time_wait()
    {
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { MaximumSegmentLifetime = 500 });
        using (HostSocket host = lab.Connect(Daytime))
        {
            host.ReadToEnd();
            StringAssert.Contains(lab.Running.TypeUntil("netstat", "FIN_WAIT_2"), TapLab.HostAddress);
        }

        lab.Running.TypeUntil("netstat", "TIME_WAIT");
        lab.Running.WaitUntil(b => !TimeWaitHolds(b), "TIME_WAIT is over", 5);
        Assert.IsFalse(Shows(lab, "TIME_WAIT"));
        lab.Finish();
    }

    // Opens a connection; returns the board's next sequence number.
    private static uint Handshake(RawPeer peer, int port, int boardPort, int window)
    {
        peer.Send(port, boardPort, TcpFlag.Syn, Iss, 0, window);
        Segment answer = peer.Receive(port, "SYN,ACK");
        Assert.AreEqual(TcpFlag.Syn | TcpFlag.Ack, answer.Flags);
        peer.Send(port, boardPort, TcpFlag.Ack, Iss + 1, answer.Sequence + 1, window);
        return answer.Sequence + 1;
    }

    private static void Expect(TapLab lab, int port, string state)
    {
        string netstat = string.Empty;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            netstat = lab.Running.Type("netstat");
            foreach (string line in netstat.Split('\n'))
            {
                if (line.Contains(Peer + port) && line.Contains(state))
                {
                    return;
                }
            }

            Thread.Sleep(20);
        }

        Assert.Fail($"netstat never shows {Peer}{port} in {state}:\n{netstat}");
    }

    private static void ExpectGone(TapLab lab, int port)
    {
        lab.Running.TypeUntil("netstat", "8 of 8 slots free");
        for (int attempt = 0; Shows(lab, Peer + port); attempt++)
        {
            Assert.IsTrue(attempt < 100, "still shown: " + lab.Running.Type("netstat"));
            Thread.Sleep(20);
        }
    }

    private static bool TimeWaitHolds(VirtualBoard.Board board)
    {
        for (int i = 0; i < board.Net.Tcp.TimeWait.Capacity; i++)
        {
            if (board.Net.Tcp.TimeWait.InUseAt(i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Shows(TapLab lab, string text)
    {
        return lab.Running.Type("netstat").Contains(text);
    }
}
