using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard.Lab.Scenarios;

/// <summary>Data on its way: numbers, sizes, windows, marks, losses.</summary>
internal static class Streaming
{
    private const string Opened = "> SYN; < SYN,ACK; > ACK; ";

    internal static IEnumerable<Scenario> All => [Wrap, PeerMss, ZeroWindow, Marks, ShortAndLong, LostSegment];

    private static Scenario Wrap => new()
    {
        Number = 16,
        Name = "wrap",
        Title = "Sequence numbers pass 2³²",
        Question = "What happens when the sequence number reaches its end?",
        Answer = """
            Nothing. Sequence numbers are compared by the sign of their difference, so the number after 4,294,967,295 is 0 and greater than its
            predecessor. The initial number is anywhere in the 32 bits, and every connection may meet the wrap; here it does after a
            few hundred octets. The ladder shows the numbers as they are on the wire.
            """,
        Source = "RFC 9293 §3.4",
        Absolute = true,
        StartMs = () => StartBeforeWrap(1500),
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            null,
            "connect(7); connected; write 4000",
            null),
        Complaints = stage => Steps.Unless(
            stage.Flights[0].Segment.Seq > uint.MaxValue - 2000 && stage.Client.Sockets[0].Connection.SendNext < 4000 && stage.Server.Sockets[0].Octets == 4000,
            "the numbers did not pass 2³², or not everything arrived")
            .Concat(Steps.Unless(stage.Flights.All(f => !f.Again && !f.Lost), "somebody noticed")),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Transfer(client, server, 4000);
        },
    };

    private static Scenario PeerMss => new()
    {
        Number = 17,
        Name = "mss",
        Title = "A peer that takes 1,024 octets at most",
        Question = "Who decides how large a segment is?",
        Answer = """
            The receiver. Its SYN says how much text it takes in one segment (MSS, its MTU less 40), and the sender keeps to the smaller of that and what its own
            link carries. The two directions need not agree, but here they come to the same: the server announces 1,024, and the client, which could send 1,460, cuts its data
            into segments of 1,024. Without the option it would be 536.
            """,
        Source = "RFC 9293 §3.7.1 (MUST-14 to MUST-16)",
        TryThis = "--mtu 576",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            null,
            "connect(7); connected; write 4000",
            null),
        Server = options => options.Mtu = 1064,
        Complaints = stage => Steps.Unless(
            stage.Flights.Max(f => f.Segment.Text) == 1024 && stage.Flights[0].Segment.Options.Contains("mss 1460")
                && stage.Flights[1].Segment.Options.Contains("mss 1024") && stage.Server.Sockets[0].Octets == 4000,
            "the segments are not of 1,024 octets")
            .Concat(Steps.Unless(stage.Flights.All(f => !f.Again && !f.Lost), "something was sent again")),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Transfer(client, server, 4000);
        },
    };

    private static Scenario ZeroWindow => new()
    {
        Number = 18,
        Name = "zero-window",
        Title = "A closed window, and a lost update",
        Question = "What if the receiver has no room, and the message that there is room again is lost?",
        Answer = """
            The server's application does not read, its buffer fills, and its acknowledgments announce a window of 0: the client must wait. When the
            application reads, an ACK announces the new window. It carries no data, so nobody repeats it when it is lost, and both would wait
            for ever. Therefore the client probes a closed window, first after one retransmission timeout and then less and less often, with a single octet;
            the answer says how large the window is now.
            """,
        Source = "RFC 9293 §3.8.6.1 (MUST-35 to MUST-37)",
        TryThis = "--rx-buffer 1000",
        Plotted = true,
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            null,
            "connect(7); connected; write 4096; write 1000",
            "listen(7); accepts; read: 4096; read: 1000"),
        Complaints = stage => Steps.Unless(stage.Client.Net.Counters.WindowProbes == 1, "not one window probe was sent")
            .Concat(Steps.Unless(stage.Flights.Count(f => f.Lost) == 1 && stage.Flights.First(f => f.Lost).Segment.Window > 0, "the window update was not the one that was lost"))
            .Concat(Steps.Unless(stage.Flights.Any(f => !f.FromClient && f.Segment.Window == 0), "the window was never closed")),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            client.Write(4096);
            stage.Until(() => client.Ended || (client.Connection.SendQueued == 0 && client.Connection.SendWindow == 0), 20_000);
            client.Write(1000);
            stage.Run(100);
            stage.Arrange(FaultKind.Drop, "server.ack:1");
            stage.Say("The server's application reads, but the window update is going to be lost.");
            server.Read();
            stage.Until(() => client.Ended || server.Ended || server.Connection.Available >= 1000, 120_000);
            server.Read();
            stage.Run(500);
        },
    };

    private static Scenario Marks => new()
    {
        Number = 19,
        Name = "marks",
        Title = "URG, PSH, ECE, CWR",
        Question = "What do the other flags do?",
        Answer = """
            PSH asks to hand over what has arrived; data is readable at once here anyway, and the last segment of what was written carries it. URG marks a place in the stream that
            the application may want to hurry to; the octets stay in line. ECE and CWR belong to congestion notification (ECN): on a connection that has not
            negotiated it they mean nothing. None of them may stall or corrupt the stream. The wire sets URG, ECE and CWR
            here on four segments, as a sender with other habits would.
            """,
        Source = "RFC 9293 §3.8.5, RFC 6093, RFC 3168 §6.1",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            Opened + "> PSH,URG,ACK 100; < ACK; > PSH,ECE,ACK 100; < ACK; > PSH,CWR,ACK 100; < ACK; > PSH,URG,ECE,CWR,ACK 100; < ACK",
            "connect(7); connected; write 100; write 100; write 100; write 100",
            "listen(7); accepts; read: 100; read: 100; read: 100; read: 100"),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            int[] marks = [TcpFlags.Urg, TcpFlags.Ece, TcpFlags.Cwr, TcpFlags.Urg | TcpFlags.Ece | TcpFlags.Cwr];
            foreach (int mark in marks)
            {
                stage.Tamper = (fromClient, segment, frame) => fromClient && segment.Text > 0 ? Marked(frame, mark) : frame;
                stage.Transfer(client, server, 100);
            }

            stage.Tamper = null;
        },
    };

    private static Scenario ShortAndLong => new()
    {
        Number = 23,
        Name = "short-and-long",
        Title = "Short and long connections",
        Question = "Is a connection for each request better than one for all?",
        Answer = """
            Two requests over a connection each, then two over one that stays open. A short connection pays for its handshake and its teardown:
            seven segments and a round trip before the first octet; and whoever closes first keeps a record in TIME_WAIT for a
            minute, so a client that calls often collects them. A long one pays once, but it holds a slot and its buffers on a
            small device while nobody speaks, and somebody has to notice when the peer is gone ([peer-crashes](14-peer-crashes.md)).
            """,
        Source = "RFC 9293 §3.5, §3.6; RFC 9112 §9.3",
        Expected = new(
            null,
            null,
            Single + Single + Opened + Request + Request + "> FIN,ACK; < ACK; < FIN,ACK; > ACK",
            "connect(7); connected; write 20; read: 20; close(); connect(7); connected; write 20; read: 20; close(); "
                + "connect(7); connected; write 20; read: 20; write 20; read: 20; close()",
            "listen(7); accepts; read: 20; write 20; read: end of stream; close(); accepts; read: 20; write 20; read: end of stream; close(); "
                + "accepts; read: 20; write 20; read: 20; write 20; read: end of stream; close()"),
        Play = stage =>
        {
            stage.Server.Listen();
            foreach (int requests in new[] { 1, 1, 2 })
            {
                stage.Say(requests == 1 ? "A connection for one request." : "A connection for two requests.");
                (LabSocket client, LabSocket server) = stage.Connect();
                for (int i = 0; i < requests; i++)
                {
                    Ask(stage, client, server);
                }

                client.Close();
                stage.ReadEnd(server);
                server.Close();
                stage.Run(100);
            }

            stage.Rest();
        },
    };

    private static Scenario LostSegment => new()
    {
        Number = 24,
        Name = "lost-segment",
        Title = "A segment of a transfer is lost",
        Question = "How does the sender learn which segment is missing?",
        Answer = """
            Every segment that arrives behind the gap makes the receiver repeat its acknowledgment of what came before it, and keep what it has
            got. Three such duplicates, and the sender does not wait for its timer any more: the missing segment goes out at once (fast
            retransmit), and one acknowledgment then covers everything up to the end of what was kept. In the time-sequence
            plot, the steps below are the acknowledgments, the line above is the window's edge, and the red mark is the repetition.
            """,
        Source = "RFC 5681 §3.2, RFC 6582",
        TryThis = "--drop client.data:8 --plot plot.svg",
        Plotted = true,
        Client = options => options.SendBufferSize = 16384,
        Server = options => options.ReceiveBufferSize = 16384,
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            null,
            null,
            null),
        Complaints = stage => Steps.Unless(stage.Server.Sockets[0].Octets == 40_000, "not everything arrived")
            .Concat(Steps.Unless(stage.Client.Net.Counters.FastRetransmits == 1 && stage.Client.Net.Counters.RetransmissionTimeouts == 0, "it was no fast retransmit"))
            .Concat(Steps.Unless(stage.Flights.Count(f => f.Again) == 1, "more than what was lost was sent again")),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Arrange(FaultKind.Drop, "client.data:8");
            stage.Transfer(client, server, 40_000);
        },
    };

    private const string Request = "> PSH,ACK 20; < PSH,ACK 20; > ACK; ";
    private const string Single = Opened + Request + "> FIN,ACK; < ACK; < FIN,ACK; > ACK; ";

    private static void Ask(LabStage stage, LabSocket client, LabSocket server)
    {
        client.Write(20);
        stage.Until(() => client.Ended || server.Ended || server.Connection.Available >= 20, 200_000);
        server.Read();
        server.Write(20);
        stage.Until(() => client.Ended || client.Connection.Available >= 20, 200_000);
        client.Read();
        stage.Run(300);
    }

    // The moment at which the first connection's initial number lies so many octets before 2³²: the number moves on by 250 a millisecond
    // (RFC 9293 §3.4.1).
    private static long StartBeforeWrap(int octets)
    {
        const long Start = 1000;
        var trial = new LabStage(new LabOptions(), startMs: Start);
        trial.Client.Connect();
        uint iss = trial.Flights[0].Segment.Seq;
        return Start + ((uint.MaxValue - iss - (uint)octets) / 250) + 1;
    }

    private static byte[] Marked(byte[] frame, int flags)
    {
        const int Tcp = EthernetHeader.Length + Ipv4Header.MinLength;
        byte[] marked = (byte[])frame.Clone();
        Span<byte> t = marked.AsSpan(Tcp);
        t[TcpHeader.Flags] |= (byte)flags;
        if ((flags & TcpFlags.Urg) != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(t[TcpHeader.UrgentPointer..], 50);
        }

        BinaryPrimitives.WriteUInt16BigEndian(t[TcpHeader.Checksum..], 0);
        int sum = Checksum.Sum(marked, Tcp - 8, 8) + Ipv4Header.ProtocolTcp + t.Length + Checksum.Sum(marked, Tcp, t.Length);
        BinaryPrimitives.WriteUInt16BigEndian(t[TcpHeader.Checksum..], (ushort)Checksum.Finish(sum));
        return marked;
    }
}
