using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Scenarios;

/// <summary>Peers that vanish.</summary>
internal static class Failing
{
    private const string Opened = "> SYN; < SYN,ACK; > ACK; ";
    private const string Probe = "< ACK lost; ";

    internal static IEnumerable<Scenario> All => [PeerCrashes, PeerReboots];

    private static Scenario PeerCrashes => new()
    {
        Number = 14,
        Name = "peer-crashes",
        Title = "The client dies",
        Question = "How does the server notice that its client is gone?",
        Answer = """
            By itself it does not: a connection on which nobody speaks costs nothing and lasts for ever, and a client that lost its power sends
            no FIN. With keep-alive on (it is off by default, as RFC 9293 asks), a connection that was idle for two hours is probed with an ACK for
            something that the peer has acknowledged already, which it must answer. Ten probes, 75 seconds apart, without an answer, and the
            application learns that its peer is gone. All three numbers can be set. A server that cannot wait for two hours asks
            in its own protocol, or sets a time limit of its own.
            """,
        Source = "RFC 9293 §3.8.4 (MUST-24 to MUST-29, SHLD-12)",
        TryThis = "--speed 2000",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSED",
            Opened + Probe + Probe + Probe + Probe + Probe + Probe + Probe + Probe + Probe + Probe + "< RST,ACK lost",
            "connect(7); connected",
            "listen(7); accepts; keep-alive on; told: peer is gone (keep-alive)"),
        Complaints = stage => Steps.Unless(
            stage.Flights[3].SentMs - stage.Events.OfType<ApplicationEvent>().Single(e => e.Text == "keep-alive on").AtMs == 7_200_000 && stage.Flights[13].SentMs - stage.Flights[3].SentMs == 750_000,
            "the probes do not keep their times"),
        Play = stage =>
        {
            (_, LabSocket server) = stage.Open();
            server.KeepAlive();
            stage.Say("The client loses its power. Nobody tells the server.");
            stage.Cut = true;
            stage.Until(() => server.Ended, 10_000_000);
        },
    };

    private static Scenario PeerReboots => new()
    {
        Number = 15,
        Name = "peer-reboots",
        Title = "The client reboots and calls again",
        Question = "What if the peer comes back while its old connection is still open here?",
        Answer = """
            The client calls from the same port as before, and to the server its SYN belongs to a connection that is ESTABLISHED. A SYN there is not
            believed, whatever its number: a challenge ACK goes out, which says what the server expects. The client knows of no such
            connection; the ACK is not one of its SYN, so it answers with a RST, which carries exactly the number from the challenge. Now the
            server knows that the old connection is dead, tells its application, and the client's next SYN finds the port
            free. An attacker who forges a SYN gets nothing but an ACK to somebody else.
            """,
        Source = "RFC 9293 §3.5.1, figure 10; RFC 5961 §4.2",
        TryThis = "--drop rst:1",
        Expected = new(
            "CLOSED SYN_SENT ESTABLISHED CLOSED SYN_SENT ESTABLISHED",
            "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSED SYN_RCVD ESTABLISHED",
            Opened + "> SYN; < ACK; > RST; > SYN again; < SYN,ACK; > ACK",
            "connect(7) from port 5000; connected; power off and on; connect(7) from port 5000; connected",
            "listen(7); accepts; told: connection reset by peer; accepts"),
        Play = stage =>
        {
            stage.Server.Listen();
            stage.Connect(5000);
            stage.Run(1000);
            stage.Say("The client loses its power and comes back.");
            stage.Client.Reboot();
            stage.Say("It calls again, from the same port.");
            stage.Connect(5000);
        },
    };
}
