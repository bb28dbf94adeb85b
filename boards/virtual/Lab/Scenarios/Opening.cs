using System.Collections.Generic;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Scenarios;

/// <summary>How a connection comes to be, and how it fails to.</summary>
internal static class Opening
{
    internal static IEnumerable<Scenario> All =>
    [
        Handshake, SimultaneousOpen, SynLost, SynAckLost, ThirdAckLost, Refused, NoAnswer, HalfOpenForgotten, ServerGaveUp,
    ];

    private static Scenario Handshake => new()
    {
        Number = 1,
        Name = "handshake",
        Title = "Three-way handshake",
        Question = "Why three messages, and not two or four?",
        Answer = """
            Each side has to tell its own initial sequence number and to learn that the other has got it: SYN and ACK in one direction, SYN and
            ACK in the other. The two in the middle travel together, so four become three. Two would not do: after SYN and SYN,ACK the client
            knows that both numbers have arrived, the server does not, and an old SYN that turns up late would open a connection that nobody
            wants (see [stale-syn](10-stale-syn.md)).
            """,
        Source = "RFC 9293 §3.5, figure 6",
        TryThis = "--drop syn:1 --drop syn-ack:1",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            "> SYN; < SYN,ACK; > ACK",
            "connect(7); connected",
            "listen(7); accepts"),
        Play = stage => stage.Open(),
    };

    private static Scenario SimultaneousOpen => new()
    {
        Number = 5,
        Name = "simultaneous-open",
        Title = "Simultaneous open",
        Question = "What if both sides call each other at the same moment?",
        Answer = """
            Nobody listens; both sides send a SYN to the port from which the other one calls. A SYN that meets SYN_SENT is no error: it is the
            peer's half of the handshake, and is answered with SYN,ACK. Both go through SYN_RCVD, and one connection comes of it, not two,
            since a connection is nothing but its pair of addresses and ports.
            """,
        Source = "RFC 9293 §3.5, figure 8",
        TryThis = "--delay server.syn:1=10",
        Expected = new(
            "CLOSED SYN_SENT SYN_RCVD ESTABLISHED",
            "CLOSED SYN_SENT SYN_RCVD ESTABLISHED",
            "> SYN; < SYN; < SYN,ACK; > SYN,ACK; > PSH,ACK 5; < ACK",
            "connect(9) from port 7; connected; write 5",
            "connect(7) from port 9; connected; read: 5"),
        Play = stage =>
        {
            stage.Say("Both applications open actively, from ports that the other one knows.");
            LabSocket client = stage.Client.Connect(9, 7);
            LabSocket server = stage.Server.Connect(7, 9);
            stage.Until(() => client.Ended || (client.Open && server.Open), 200_000);
            stage.Say("One connection: what the one writes, the other reads.");
            stage.Transfer(client, server, 5);
        },
    };

    private static Scenario SynLost => new()
    {
        Number = 7,
        Name = "syn-lost",
        Title = "The first SYN is lost",
        Question = "What if the first message of the handshake is lost?",
        Answer = """
            Nobody but the client knows of it, so the client's timer has to notice: no answer within the retransmission timeout of one second,
            and the SYN is sent again, with twice the patience each time. Here two are lost, and the third opens the connection after three
            seconds. What happens when no SYN ever arrives is [no-answer](20-no-answer.md).
            """,
        Source = "RFC 9293 §3.8.1, RFC 6298 (2.1), (5.5)",
        TryThis = "--rto 200",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            "> SYN lost; > SYN again lost; > SYN again; < SYN,ACK; > ACK",
            "connect(7); connected",
            "listen(7); accepts"),
        Complaints = stage => stage.SentAt(0, 1000, 3000),
        Play = stage =>
        {
            stage.Arrange(FaultKind.Drop, "client.syn:1");
            stage.Arrange(FaultKind.Drop, "client.syn:2");
            stage.Open();
        },
    };

    private static Scenario SynAckLost => new()
    {
        Number = 8,
        Name = "syn-ack-lost",
        Title = "The SYN,ACK is lost",
        Question = "What if the second message of the handshake is lost?",
        Answer = """
            The server has sent something that occupies a sequence number, its SYN, so the server's timer is responsible: not acknowledged
            within a second, it goes out again. The client would do the same with its own SYN, which it cannot tell from one that was lost;
            here it waits three seconds first, so that the server's timer can be seen at work. For how long a server does this is
            [half-open-forgotten](21-half-open-forgotten.md).
            """,
        Source = "RFC 9293 §3.8.1, §3.10.7.2",
        TryThis = "--rto 1000",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            "> SYN; < SYN,ACK lost; < SYN,ACK again; > ACK",
            "connect(7); connected",
            "listen(7); accepts"),
        Client = options => options.InitialRto = 3000,
        Complaints = stage => stage.SentAt(0, 20, 1020),
        Play = stage =>
        {
            stage.Arrange(FaultKind.Drop, "server.syn-ack:1");
            stage.Open();
        },
    };

    private static Scenario ThirdAckLost => new()
    {
        Number = 9,
        Name = "third-ack-lost",
        Title = "The third message is lost",
        Question = "What if the last message of the handshake is lost?",
        Answer = """
            An ACK occupies no sequence number, so nobody sends it again by himself, and nobody has to: every segment of the client carries the
            same acknowledgment. The first one with data completes the server's handshake and delivers its data at the same time. If the
            client has nothing to say, the server's timer repeats the SYN,ACK, and the client answers. When a server has given up meanwhile, it
            says so with a RST: [server-gave-up](22-server-gave-up.md).
            """,
        Source = "RFC 9293 §3.10.7.4, fifth check, SYN-RECEIVED",
        TryThis = "--drop data:1",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED",
            "> SYN; < SYN,ACK; > ACK lost; > PSH,ACK 10; < ACK",
            "connect(7); connected; write 10",
            "listen(7); accepts; read: 10"),
        Play = stage =>
        {
            stage.Arrange(FaultKind.Drop, "client.ack:1");
            stage.Server.Listen();
            LabSocket client = stage.Client.Connect();
            stage.Until(() => client.Ended || client.Open, 200_000);
            stage.Run(100);
            stage.Say("The client believes itself connected, and writes.");
            client.Write(10);
            stage.Until(() => client.Ended || stage.Server.Sockets.Count > 0, 200_000);
            if (stage.Server.Sockets.Count > 0)
            {
                stage.Until(() => stage.Server.Sockets[0].Connection.Available > 0, 60_000);
                stage.Server.Sockets[0].Read();
            }

            stage.Run(500);
        },
    };

    private static Scenario Refused => new()
    {
        Number = 13,
        Name = "refused",
        Title = "Nobody listens",
        Question = "What does a SYN to a port that nobody listens on get?",
        Answer = """
            A RST that acknowledges the SYN, at once: the caller learns "connection refused" after one round trip instead of waiting minutes.
            The RST has sequence number 0, since there is no connection to take one from, and its acknowledgment is what proves to the client
            that it is an answer to this SYN.
            """,
        Source = "RFC 9293 §3.5.2 group 1, §3.10.7.1, §3.10.7.3",
        TryThis = "--drop rst:1",
        Expected = new(
            "CLOSED SYN_SENT CLOSED",
            "CLOSED",
            "> SYN; < RST,ACK",
            "connect(7); told: connection refused",
            ""),
        Play = stage =>
        {
            LabSocket client = stage.Client.Connect();
            stage.Until(() => client.Ended, 200_000);
        },
    };

    private static Scenario NoAnswer => new()
    {
        Number = 20,
        Name = "no-answer",
        Title = "Nobody answers at all",
        Question = "For how long does a client try?",
        Answer = """
            The intervals double from one second up to a minute, and after three minutes the client gives up: RFC 9293 asks for at least that
            long for a SYN (R2). The application is told that the attempt timed out, and the slot is free again. Waiting is bounded, always.
            """,
        Source = "RFC 9293 §3.8.3 (MUST-23), RFC 6298 (2.5), (5.5)",
        TryThis = "--rto 3000",
        Expected = new(
            "CLOSED SYN_SENT CLOSED",
            "CLOSED LISTEN",
            "> SYN lost; > SYN again lost; > SYN again lost; > SYN again lost; > SYN again lost; > SYN again lost; > SYN again lost; > SYN again lost",
            "connect(7); told: timed out",
            "listen(7)"),
        Complaints = stage => stage.SentAt(0, 1000, 3000, 7000, 15000, 31000, 63000, 123000),
        Play = stage =>
        {
            stage.Server.Listen();
            stage.Say("The cable is cut.");
            stage.Cut = true;
            LabSocket client = stage.Client.Connect();
            stage.Until(() => client.Ended, 400_000);
        },
    };

    private static Scenario HalfOpenForgotten => new()
    {
        Number = 21,
        Name = "half-open-forgotten",
        Title = "A SYN and then silence",
        Question = "For how long does a server remember a peer that never completes its handshake?",
        Answer = """
            A bounded number of times, five by default, the SYN,ACK is sent again; then the entry is forgotten. It never took a connection slot
            or a buffer, only a line in a table, or a few lost clients (or an attacker) could keep everybody else out.
            """,
        Source = "RFC 9293 §3.8.3, RFC 4987 §3",
        TryThis = "--rto 500",
        Expected = new(
            "CLOSED SYN_SENT CLOSED",
            "CLOSED LISTEN SYN_RCVD CLOSED",
            "> SYN; < SYN,ACK lost; < SYN,ACK again lost; < SYN,ACK again lost; < SYN,ACK again lost; < SYN,ACK again lost; < SYN,ACK again lost",
            "connect(7); close()",
            "listen(7)"),
        Complaints = stage => stage.SentAt(0, 20, 1020, 3020, 7020, 15020, 31020),
        Play = stage =>
        {
            stage.Arrange(FaultKind.Drop, "syn-ack:*");
            stage.Server.Listen();
            LabSocket client = stage.Client.Connect();
            stage.Run(10);
            stage.Say("The client changes its mind before any answer came: in SYN_SENT that says nothing to anybody.");
            client.Close();
            stage.Until(() => stage.Server.State == Tcp.TcpState.Closed, 300_000);
        },
    };

    private static Scenario ServerGaveUp => new()
    {
        Number = 22,
        Name = "server-gave-up",
        Title = "The server gave up before the client spoke",
        Question = "What if every third message is lost until the server has forgotten the client?",
        Answer = """
            The client is ESTABLISHED, the server knows of nothing: a half-open connection, RFC 9293 §3.5.1. It does no harm while nobody
            speaks, and it is found out by the first segment: the server answers it with a RST, and the client's application learns that
            the connection was reset instead of waiting for a reply that cannot come.
            """,
        Source = "RFC 9293 §3.5.1, §3.10.7.2 second check",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED CLOSED",
            "CLOSED LISTEN SYN_RCVD CLOSED",
            "> SYN; < SYN,ACK; > ACK lost; < SYN,ACK again; > ACK lost; < SYN,ACK again; > ACK lost; < SYN,ACK again; > ACK lost; "
                + "< SYN,ACK again; > ACK lost; < SYN,ACK again; > ACK lost; > PSH,ACK 10; < RST",
            "connect(7); connected; write 10; told: connection reset by peer",
            "listen(7)"),
        Play = stage =>
        {
            stage.Arrange(FaultKind.Drop, "client.ack:*");
            stage.Server.Listen();
            LabSocket client = stage.Client.Connect();
            stage.Until(() => client.Ended || stage.Server.State == Tcp.TcpState.Closed, 300_000);
            stage.Run(1000);
            stage.Say("More than a minute later the client writes.");
            client.Write(10);
            stage.Until(() => client.Ended, 200_000);
        },
    };
}
