using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Scenarios;

/// <summary>Segments that turn up when their connection is history.</summary>
internal static class Duplicates
{
    private const string Opened = "> SYN; < SYN,ACK; > ACK; ";

    internal static IEnumerable<Scenario> All => [StaleSyn, OldSegments];

    private static Scenario StaleSyn => new()
    {
        Number = 10,
        Name = "stale-syn",
        Title = "A delayed duplicate of a SYN",
        Question = "Why are two messages not enough to open a connection?",
        Answer = """
            A copy of the client's SYN has been under way for longer than the whole connection lived. The server cannot tell it from a new one
            and answers. If two messages were enough, it would now have a connection to a client that knows of none, for ever. With
            three, the client has the last word: it never sent this SYN, finds nothing that the SYN,ACK could belong to, and
            answers with a RST. The server forgets the entry, and its application never hears of it.
            """,
        Source = "RFC 9293 §3.5, figure 9; §3.10.7.1; §3.10.7.4 second check",
        TryThis = "--drop rst:1",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED SYN_RCVD LISTEN",
            Opened + "> FIN,ACK; < ACK; < FIN,ACK; > ACK; > SYN old; < SYN,ACK; > RST",
            "connect(7); connected; close()",
            "listen(7); accepts; read: end of stream; close()"),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            Flight syn = stage.Flights[0];
            client.Close();
            stage.ReadEnd(server);
            server.Close();
            stage.Rest();
            stage.Say("The connection is over and forgotten. Now a copy of its SYN arrives.");
            stage.Replay(syn);
            stage.Rest();
        },
    };

    private static Scenario OldSegments => new()
    {
        Number = 12,
        Name = "old-segments",
        Title = "Old segments after the close",
        Question = "Why 2MSL, part two: what could happen with old segments?",
        Answer = """
            The server closed first, so the record of the connection is with it, in TIME_WAIT. A copy of an old data segment is recognised by its
            sequence number and answered with an ACK, never delivered. The client, which has forgotten the connection, answers that ACK with
            a RST, and TIME_WAIT ignores it: an old RST must not cut the wait short (RFC 1337). A new connection from the same port is allowed all the same, if
            its SYN has a higher sequence number than anything of the old connection: then nothing old can be mistaken for something new.
            """,
        Source = "RFC 9293 §3.6.1, RFC 1122 §4.2.2.13, RFC 1337",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT SYN_RCVD CLOSED ESTABLISHED",
            Opened + "> PSH,ACK 100; < ACK; < FIN,ACK; > ACK; > FIN,ACK; < ACK; > PSH,ACK 100 old; < ACK; > RST; > SYN; < SYN,ACK; > ACK",
            "connect(7); connected; write 100; read: end of stream; close(); connect(7) from port {port}; connected",
            "listen(7); accepts; read: 100; close(); accepts"),
        Complaints = stage => Steps.Unless(
            stage.Client.Sockets.Count == 2 && stage.Client.Sockets[0].LocalPort == stage.Client.Sockets[1].LocalPort, "the new connection has another port"),
        Play = stage =>
        {
            (LabSocket client, LabSocket server) = stage.Open();
            stage.Transfer(client, server, 100);
            Flight? data = stage.Flights.FirstOrDefault(f => f.Segment.Text > 0);
            server.Close();
            stage.ReadEnd(client);
            client.Close();
            stage.Run(1000);
            if (data != null)
            {
                stage.Say("A copy of the old data segment arrives in TIME_WAIT.");
                stage.Replay(data);
                stage.Run(200);
            }

            stage.Say("The client calls again, from the same port.");
            stage.Connect(client.LocalPort);
        },
    };
}
