using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Scenarios;

/// <summary>How a connection ends when both sides want it to.</summary>
internal static class Closing
{
    private const string Opened = "> SYN; < SYN,ACK; > ACK; ";

    internal static IEnumerable<Scenario> All => [FourWay, ThreeSegments, Simultaneous, HalfClose, LastAckLost, Aborts];

    private static Scenario FourWay => new()
    {
        Number = 2,
        Name = "teardown",
        Title = "Four-way teardown",
        Question = "Why four messages to end what three began? And why does the one who closes first wait for 2MSL?",
        Answer = """
            The two directions end independently: each side sends a FIN when it has nothing more to say, and each FIN is acknowledged. Between
            the ACK and the FIN of the passive side there may be any amount of data (see [half-close](06-half-close.md)), so the two cannot
            travel together in general. The active side waits in TIME_WAIT for twice the maximum segment lifetime, for two reasons: its last
            ACK may be lost, and then the peer's FIN comes again and somebody must be there to answer ([last-ack-lost](11-last-ack-lost.md));
            and segments of this connection that are still wandering about must die before the same pair of ports may be used again
            ([old-segments](12-old-segments.md)).
            """,
        Source = "RFC 9293 §3.6, figure 12",
        TryThis = "--msl 5 --drop fin:2",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
            Opened + "> FIN,ACK; < ACK; < FIN,ACK; > ACK",
            "connect(7); connected; close()",
            "listen(7); accepts; read: end of stream; close()"),
        Complaints = stage => stage.Waits(TcpState.TimeWait, 60_000),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Say("The client has nothing more to say.");
            client.Close();
            stage.ReadEnd(server);
            stage.Run(100);
            stage.Say("The server has finished, too.");
            server.Close();
            stage.Rest();
        },
    };

    private static Scenario ThreeSegments => new()
    {
        Number = 3,
        Name = "three-segments",
        Title = "Teardown in three segments",
        Question = "Can it be done with three?",
        Answer = """
            Yes, when the passive side closes at once: its FIN carries the same acknowledgment that its ACK did, and one segment takes the
            client from FIN_WAIT_1 to TIME_WAIT. This stack acknowledges a FIN before its application has been asked, so there is an ACK, too;
            here it is lost, and nobody misses it. (The code does what the RFC's text says: the fifth check enters FIN_WAIT_2 and goes on, the
            eighth leaves it in the same step. Nobody outside sees it.)
            """,
        Source = "RFC 9293 §3.3.2, note 2 of figure 5; §3.10.7.4, fifth and eighth check",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 TIME_WAIT CLOSED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
            Opened + "> FIN,ACK; < ACK lost; < FIN,ACK; > ACK",
            "connect(7); connected; close()",
            "listen(7); accepts; read: end of stream; close()"),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Arrange(FaultKind.Drop, "server.ack:1");
            bool closed = false;
            stage.Each = () =>
            {
                if (server.Connection.PeerClosed && !closed)
                {
                    closed = true;
                    server.Read();
                    server.Close();
                }
            };
            client.Close();
            stage.Run(200);
            stage.Each = null;
            stage.Rest();
        },
    };

    private static Scenario Simultaneous => new()
    {
        Number = 4,
        Name = "simultaneous-close",
        Title = "Simultaneous close",
        Question = "What if both sides close at the same moment?",
        Answer = """
            The FINs cross. Each side, in FIN_WAIT_1, receives a FIN instead of the acknowledgment it waits for: it acknowledges it and enters
            CLOSING, which means "we both want to end, and I do not know yet whether you have heard me". The crossing ACKs take both to
            TIME_WAIT, and both wait, since neither can know which of them sent the last message.
            """,
        Source = "RFC 9293 §3.6, figure 13",
        TryThis = "--drop server.ack:1",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED",
            Opened + "> FIN,ACK; < FIN,ACK; < ACK; > ACK",
            "connect(7); connected; close()",
            "listen(7); accepts; close()"),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Say("Both applications close at the same moment.");
            client.Close();
            server.Close();
            stage.Rest();
        },
    };

    private static Scenario HalfClose => new()
    {
        Number = 6,
        Name = "half-close",
        Title = "Half-close",
        Question = "What can still be done after a FIN?",
        Answer = """
            A FIN says "I shall send nothing more", not "I am gone". The client has ended its direction and still reads; the server reads the
            end of the stream and still writes, for as long as it likes: CLOSE_WAIT and FIN_WAIT_2 are states in which data flows one way.
            That is how a client says "this was all of my request, now answer it".
            """,
        Source = "RFC 9293 §3.6, case 2; §3.10.4; RFC 1122 §4.2.2.13",
        TryThis = "--drop data:1",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
            Opened + "> PSH,ACK 50; < ACK; > FIN,ACK; < ACK; < PSH,ACK 1000; > ACK; < FIN,ACK; > ACK",
            "connect(7); connected; write 50; shutdown(); read: 1000; read: end of stream; close()",
            "listen(7); accepts; read: 50; read: end of stream; write 1000; close()"),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Say("The client sends its request, and ends its direction.");
            stage.Transfer(client, server, 50);
            client.Shutdown();
            stage.ReadEnd(server);
            stage.Say("The server answers, although the client has sent its FIN.");
            stage.Transfer(server, client, 1000);
            server.Close();
            stage.ReadEnd(client);
            client.Close();
            stage.Rest();
        },
    };

    private static Scenario LastAckLost => new()
    {
        Number = 11,
        Name = "last-ack-lost",
        Title = "The last ACK is lost",
        Question = "What if the very last message is lost? (Why 2MSL, part one)",
        Answer = """
            The server, in LAST_ACK, has sent a FIN that nobody acknowledges; its timer sends it again. The client has been in TIME_WAIT for a
            while, and this is what it waits there for: it acknowledges the FIN once more and starts its 2MSL anew. Had it forgotten the
            connection at once, the server's FIN would have met a RST, and an orderly end would look like an accident to the server.
            """,
        Source = "RFC 9293 §3.6, §3.10.7.4 (TIME-WAIT)",
        TryThis = "--drop client.ack:3",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
            Opened + "> FIN,ACK; < ACK; < FIN,ACK; > ACK lost; < FIN,ACK again; > ACK",
            "connect(7); connected; close()",
            "listen(7); accepts; read: end of stream; close()"),
        Complaints = stage => stage.Waits(TcpState.TimeWait, 60_000 + stage.Flights[7].SentMs - stage.Flights[5].SentMs),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            client.Close();
            stage.ReadEnd(server);
            stage.Run(100);
            stage.Arrange(FaultKind.Drop, "client.ack:1");
            stage.Say("The server closes, and the ACK of its FIN is going to be lost.");
            server.Close();
            stage.Rest();
        },
    };

    private static Scenario Aborts => new()
    {
        Number = 25,
        Name = "abort",
        Title = "Ending it the hard way",
        Question = "What does abort do, and why does nobody wait then?",
        Answer = """
            A RST ends the connection on both sides at once, in whatever state it is: no acknowledgment, no TIME_WAIT, and what was on its way
            is lost. It must carry exactly the sequence number that the receiver expects next, or anybody could end other people's
            connections (RFC 5961). Here it comes after the FIN, in FIN_WAIT_1, in FIN_WAIT_2 and in CLOSING; then the server stops listening.
            """,
        Source = "RFC 9293 §3.10.5, §3.10.7.4 second check; RFC 5961 §3.2",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSED "
                + "SYN_SENT ESTABLISHED FIN_WAIT_1 CLOSING CLOSED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSED SYN_RCVD ESTABLISHED CLOSE_WAIT CLOSED "
                + "SYN_RCVD ESTABLISHED FIN_WAIT_1 CLOSING CLOSED CLOSED",
            Opened + "> RST,ACK; " + Opened + "> FIN,ACK; < ACK; > RST,ACK; "
                + Opened + "> FIN,ACK; < FIN,ACK; < ACK lost; > ACK lost; > RST,ACK",
            "connect(7); connected; shutdown(); abort(); connect(7); connected; shutdown(); abort(); connect(7); connected; shutdown(); abort()",
            "listen(7); accepts; told: connection reset by peer; accepts; read: end of stream; told: connection reset by peer; "
                + "accepts; shutdown(); told: connection reset by peer; stops listening"),
        Play = stage =>
        {
            TcpListener listener = stage.Server.Listen();
            stage.Say("In FIN_WAIT_1: the FIN has not even been sent.");
            (LabSocket client, _) = stage.Connect();
            client.Shutdown();
            client.Abort();
            stage.Run(200);
            stage.Say("In FIN_WAIT_2: the FIN has been acknowledged.");
            (client, LabSocket server) = stage.Connect();
            client.Shutdown();
            stage.ReadEnd(server);
            stage.Run(100);
            client.Abort();
            stage.Run(200);
            stage.Say("In CLOSING: both have sent a FIN, and no ACK arrives.");
            (client, server) = stage.Connect();
            stage.Arrange(FaultKind.Drop, "ack:*");
            client.Shutdown();
            server.Shutdown();
            stage.Run(100);
            client.Abort();
            stage.Run(200);
            stage.Server.StopListening(listener);
            stage.Run(100);
        },
    };

    // How long the client was in a state.
    private static IEnumerable<string> Waits(this LabStage stage, TcpState state, long milliseconds)
    {
        List<StateEvent> changes = [.. stage.Events.OfType<StateEvent>().Where(e => e.Side!.IsClient)];
        long entered = changes.First(e => e.To == state).AtMs;
        long left = changes.Last(e => e.From == state).AtMs;
        return Steps.Unless(left - entered == milliseconds, $"{TcpStateName.Of(state)} lasted {left - entered} ms instead of {milliseconds}");
    }
}
