using EmbeddedTcp.DeviceSoak;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The trace ring: what it writes down, what it leaves out, and that it is not there when nobody asked for it.</summary>
[TestClass]
public class TraceTests
{
    /// <summary>Nothing is allocated for a trace unless a ring is made.</summary>
    [TestMethod]
    public void There_is_no_trace_unless_asked_for()
    {
        TwoStacks t = new TwoStacks();
        Assert.IsTrue(t.A.Trace == null);
        Assert.IsTrue(Tracing(8, 54).A.Trace != null);
    }

    /// <summary>The handshake as the client sees it: state, SYN, SYN,ACK, state, ACK.</summary>
    [TestMethod]
    public void A_handshake_is_written_down_in_order()
    {
        TwoStacks t = Tracing(32, 96);
        t.B.Tcp.Listen(7, 1);
        t.Settle();
        Ring(t.A).On = true;
        TcpConnection c = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();

        TraceRing ring = Ring(t.A);
        TraceEntry e = new TraceEntry(ring.SnapLength);
        Assert.AreEqual(5, ring.Next);
        ring.Read(0, e);
        Assert.AreEqual((int)TraceKind.StateChange, (int)e.Kind);
        Assert.AreEqual((int)TcpState.Closed, (int)e.From);
        Assert.AreEqual((int)TcpState.SynSent, (int)e.To);
        ring.Read(1, e);
        Assert.AreEqual((int)TraceKind.SegmentOut, (int)e.Kind);
        Assert.AreEqual(TcpFlags.Syn, e.Flags);
        Assert.AreEqual(1, e.SequenceLength);
        Assert.AreEqual(7, e.RemotePort);
        Assert.AreEqual(c.LocalPort, e.LocalPort);
        Assert.IsTrue(e.RemoteAddress == TwoStacks.AddressB);
        uint iss = e.Seq;
        int length;
        int mss = e.FindOption(TcpHeader.OptionMaximumSegmentSize, out length);
        Assert.AreEqual(2, length);
        Assert.AreEqual(1460, BigEndian.ReadUInt16(e.Frame, mss));
        Assert.AreEqual(-1, e.FindOption(200, out length));
        ring.Read(2, e);
        Assert.AreEqual((int)TraceKind.SegmentIn, (int)e.Kind);
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, e.Flags);
        Assert.IsTrue(e.Ack == iss + 1);
        Assert.AreEqual(4096, e.Window);
        ring.Read(3, e);
        Assert.AreEqual((int)TcpState.Established, (int)e.To);
        ring.Read(4, e);
        Assert.AreEqual(TcpFlags.Ack, e.Flags);
        Assert.AreEqual(54, e.FrameLength);
        Assert.AreEqual(54, e.Captured);
        Assert.AreEqual(0, e.TextLength);
        Assert.IsFalse(ring.Read(5, e));
        Assert.AreEqual(1, ring.TransitionsOf(TcpState.SynSent, TcpState.Established));
    }

    /// <summary>The text's length is known although only the headers are kept.</summary>
    [TestMethod]
    public void Text_beyond_the_snap_length_is_counted()
    {
        TwoStacks t = Tracing(32, 54);
        TcpConnection c = Open(t);
        Ring(t.A).On = true;
        Ring(t.A).Clear();
        int first = Ring(t.A).Next;
        c.Write(new byte[1000], 0, 1000);
        t.Settle();
        TraceEntry e = new TraceEntry(54);
        Assert.IsTrue(Ring(t.A).Read(first, e));
        Assert.AreEqual(1000, e.TextLength);
        Assert.AreEqual(1054, e.FrameLength);
        Assert.AreEqual(54, e.Captured);
    }

    /// <summary>A full ring keeps the newest entries.</summary>
    [TestMethod]
    public void A_full_ring_forgets_its_oldest_entry()
    {
        TwoStacks t = Tracing(4, 54);
        Ring(t.A).On = true;
        TcpConnection c = Open(t);
        c.Shutdown();
        t.Settle();
        TraceRing ring = Ring(t.A);
        Assert.IsTrue(ring.Next > 4);
        Assert.AreEqual(ring.Next - 4, ring.Oldest);
        TraceEntry e = new TraceEntry(54);
        Assert.IsFalse(ring.Read(ring.Oldest - 1, e));
        Assert.IsTrue(ring.Read(ring.Oldest, e));
        Assert.AreEqual(ring.Oldest, e.Number);
        ring.Clear();
        Assert.AreEqual(ring.Next, ring.Oldest);
    }

    /// <summary>A filter leaves out what it is not about; transitions are counted all the same.</summary>
    [TestMethod]
    public void A_filter_leaves_out_other_ports_and_connections()
    {
        TwoStacks t = Tracing(64, 54);
        TraceRing ring = Ring(t.A);
        ring.On = true;
        ring.FilterPort(9);
        TcpConnection first = Open(t);
        Assert.AreEqual(0, ring.Next);
        Assert.AreEqual(1, ring.TransitionsOf(TcpState.SynSent, TcpState.Established));

        ring.FilterPort(first.LocalPort);
        first.Write(new byte[3], 0, 3);
        t.Settle();
        Assert.AreEqual(1, ring.Next);

        TcpConnection second = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        Assert.AreEqual(1, ring.Next);
        ring.FilterConnection(second.RemoteAddress, second.RemotePort, second.LocalPort);
        first.Write(new byte[3], 0, 3);
        second.Write(new byte[3], 0, 3);
        t.Settle();
        Assert.AreEqual(2, ring.Next);
        TraceEntry e = new TraceEntry(54);
        ring.Read(1, e);
        Assert.AreEqual(second.LocalPort, e.LocalPort);
        ring.FilterNothing();
        first.Write(new byte[3], 0, 3);
        t.Run(1000);
        Assert.IsTrue(ring.Next > 2);
    }

    /// <summary>Retransmission timeouts, discards with the connection they are about, and the 2MSL wait.</summary>
    [TestMethod]
    public void Timers_and_discards_are_written_down()
    {
        TwoStacks t = Tracing(64, 54);
        TcpConnection c = Open(t);
        TcpConnection server = t.B.Tcp.ListenerAt(0).Accept();
        TraceRing ring = Ring(t.A);
        ring.On = true;
        t.DeviceA.Peer = null;
        c.Write(new byte[3], 0, 3);
        t.Run(1500);
        TraceEntry e = new TraceEntry(54);
        ring.Read(1, e);
        Assert.AreEqual((int)TraceKind.Timer, (int)e.Kind);
        Assert.AreEqual("rtx", TraceTimer.NameOf(e.Timer));
        Assert.AreEqual(c.LocalPort, e.LocalPort);
        t.DeviceA.Peer = t.DeviceB;
        t.Run(3000);

        // The same segment again is out of the window.
        Ring(t.B).On = true;
        byte[] again = new byte[60];
        ring.Read(2, e);
        System.Array.Copy(e.Frame, again, 54);
        again[17] = 40;
        Put(again, server);
        t.DeviceB.Deliver(again, 60);
        t.Settle();
        Ring(t.B).Read(0, e);
        Assert.AreEqual((int)TraceKind.SegmentIn, (int)e.Kind);
        Assert.AreEqual(0, e.TextLength);
        Ring(t.B).Read(1, e);
        Assert.AreEqual((int)TraceKind.Drop, (int)e.Kind);
        Assert.AreEqual((int)DropReason.BadTcpChecksum, (int)e.Reason);
        Assert.AreEqual(c.LocalPort, e.RemotePort);

        c.Close();
        t.Settle();
        server.Read(again, 0, 3);
        server.Close();
        t.Settle();
        ring.Clear();
        int first = ring.Next;
        t.Run(61000);
        Assert.IsTrue(ring.Read(first, e));
        Assert.AreEqual(TraceTimer.TwoMsl, e.Timer);
        Assert.IsTrue(ring.Read(first + 1, e));
        Assert.AreEqual((int)TcpState.TimeWait, (int)e.From);
        Assert.AreEqual((int)TcpState.Closed, (int)e.To);
    }

    /// <summary>A datagram that no one frame brought is kept as the frame it would have been.</summary>
    [TestMethod]
    public void A_datagram_put_together_from_fragments_gets_headers()
    {
        TwoStacks t = Tracing(4, 80);
        Ring(t.A).On = true;
        byte[] datagram = new byte[100];
        datagram[1] = 80;
        datagram[3] = 7;
        datagram[12] = 5 << 4;
        datagram[13] = TcpFlags.Ack;
        t.A.Trace.SegmentIn(datagram, 0, 100, (int)TwoStacks.AddressB);
        TraceEntry e = new TraceEntry(80);
        Ring(t.A).Read(0, e);
        Assert.AreEqual(80, e.RemotePort);
        Assert.AreEqual(7, e.LocalPort);
        Assert.AreEqual(TcpFlags.Ack, e.Flags);
        Assert.AreEqual(80, e.TextLength);
        Assert.AreEqual(80, e.Captured);
        Assert.AreEqual(0, Checksum.Finish(Checksum.Sum(e.Frame, EthernetHeader.Length, Ipv4Header.MinLength)));
    }

    /// <summary>Recording leaves the heap as it found it.</summary>
    [TestMethod]
    public void Recording_allocates_nothing()
    {
        TwoStacks t = Tracing(32, 96);
        TcpConnection c = Open(t);
        TcpConnection server = t.B.Tcp.ListenerAt(0).Accept();
        Ring(t.A).On = true;
        Ring(t.B).On = true;
        byte[] buffer = new byte[1460];
        Exchange(t, c, server, buffer, 20);
        int recorded = Ring(t.B).Next;
        long before = Heap.Allocated();
        Exchange(t, c, server, buffer, 300);
        Assert.IsTrue(Heap.Allocated() == before, "allocated while recording");
        Assert.IsTrue(Ring(t.B).Next - recorded > 300);
    }

    private static void Exchange(TwoStacks t, TcpConnection from, TcpConnection to, byte[] buffer, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            from.Write(buffer, 0, buffer.Length);
            t.Settle();
            to.Read(buffer, 0, buffer.Length);
            t.NowMs++;
        }
    }

    // A bare ACK with a checksum that cannot be right.
    private static void Put(byte[] frame, TcpConnection server)
    {
        const int Ip = EthernetHeader.Length;
        const int Tcp = Ip + Ipv4Header.MinLength;
        BigEndian.WriteUInt16(frame, Ip + Ipv4Header.HeaderChecksum, 0);
        BigEndian.WriteUInt16(frame, Ip + Ipv4Header.HeaderChecksum, Checksum.Finish(Checksum.Sum(frame, Ip, Ipv4Header.MinLength)));
        BigEndian.WriteInt32(frame, Tcp + TcpHeader.Acknowledgment, (int)server.SendNext);
        frame[Tcp + TcpHeader.Checksum] ^= 0x55;
    }

    private static TwoStacks Tracing(int entries, int snapLength)
    {
        TwoStacks t = new TwoStacks();
        new TraceRing(t.A, entries, snapLength);
        new TraceRing(t.B, entries, snapLength);
        return t;
    }

    private static TraceRing Ring(NetworkInterface net)
    {
        return (TraceRing)net.Trace;
    }

    private static TcpConnection Open(TwoStacks t)
    {
        t.B.Tcp.Listen(7, 2);
        t.Settle();
        TcpConnection c = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        return c;
    }
}
