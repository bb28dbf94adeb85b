using System.Text;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.BoardTests;

[TestClass]
public sealed class ConsoleServiceTests
{
    private ConsoleService? _console;
    private Board? _board;

    [TestMethod]
    public void The_same_shell_answers_on_a_port()
    {
        Client client = Connect();
        Until(client, "> ");
        client.Send("netstat\r\n");
        Until(client, "console");
        Assert.Contains("ready: type help\r\n> ", client.ReceivedText);
    }

    [TestMethod]
    public void A_long_answer_arrives_whole()
    {
        Client client = Connect();
        Until(client, "> ");
        for (int i = 0; i < 10; i++)
        {
            client.Send("help\r\nstats -a\r\nnetstat\r\nmem\r\n");
        }

        Run(client, 5000);
        Assert.DoesNotContain("lost", client.ReceivedText);
        Assert.HasCount(42, client.ReceivedText.Split("> "));
    }

    [TestMethod]
    public void Exit_ends_the_connection_and_not_the_board()
    {
        Client client = Connect();
        Until(client, "> ");
        client.Send("exit\r\n");
        Run(client, 1000);
        Assert.IsTrue(client.AtEnd);
        Assert.IsFalse(_board!.App.Shell.ExitRequested);
        Client next = Again();
        Until(next, "> ");
    }

    [TestMethod]
    public void A_second_client_is_turned_away_and_the_first_goes_on()
    {
        Client first = Connect();
        Until(first, "> ");
        Client second = Again();
        Run(second, 500);
        Assert.AreEqual("the console is in use\r\n", second.ReceivedText);
        Assert.IsTrue(second.AtEnd);
        Assert.AreEqual(1, _console!.TurnedAway);
        first.Send("uptime\r\n");
        Until(first, "up ");
    }

    [TestMethod]
    public void A_client_that_vanishes_makes_room_for_the_next()
    {
        Client first = Connect();
        Until(first, "> ");
        first.Connection.Abort();
        Run(null, 100);
        Until(Again(), "> ");
    }

    [TestMethod] // RFC 854: an option that is offered or asked for is refused; IAC IAC is a byte; commands are no text
    public void Options_are_refused_and_commands_taken_out()
    {
        Client client = Connect();
        Until(client, "> ");
        client.Send([255, 253, 1, (byte)'u', (byte)'p', 255, 251, 24, 255, 250, 24, 0, 65, 255, 255, 255, 240, 255, 241]);
        client.Send("time\r\0");
        Until(client, "up ");
        byte[] received = client.Received;
        Assert.Contains("\u00ff\u00fb\u0001\u00ff\u00fb\u0003", Encoding.Latin1.GetString(received)); // WILL ECHO, WILL SUPPRESS-GO-AHEAD
        Assert.DoesNotContain("\u00ff\u00fc\u0001", Encoding.Latin1.GetString(received));
        Assert.Contains("\u00ff\u00fe\u0018", Encoding.Latin1.GetString(received));
    }

    [TestMethod] // RFC 854: WONT and DONT are not answered, or two refusing ends would never stop
    public void Refusals_are_not_answered()
    {
        var ring = new OutputRing(64);
        var codec = new TelnetCodec(ring);
        foreach (byte b in new byte[] { 255, 252, 1, 255, 254, 1 })
        {
            Assert.AreEqual(-1, codec.Feed(b));
        }

        Assert.AreEqual(0, ring.Count);
        Assert.AreEqual('x', codec.Feed((byte)'x'));
    }

    [TestMethod]
    public void The_telnet_command_that_interrupts_is_ctrl_c()
    {
        var codec = new TelnetCodec(new OutputRing(64));
        codec.Feed(255);
        Assert.AreEqual(3, codec.Feed(244));
    }

    [TestMethod]
    public void An_idle_client_is_let_go()
    {
        Client client = Connect();
        Until(client, "> ");
        Run(client, 310000, 50);
        Assert.IsTrue(client.AtEnd);
    }

    private Client Connect()
    {
        _board = new Board(setUp: application =>
        {
            _console = new ConsoleService(23, application);
            Assert.IsTrue(application.Add(_console));
        });
        return Again();
    }

    private Client Again()
    {
        return new Client(_board!, _board!.PeerApp.Net.Tcp.Connect(_board.App.Net.Address, 23));
    }

    private void Until(Client client, string text)
    {
        for (int i = 0; i < 3000 && !client.ReceivedText.Contains(text, System.StringComparison.Ordinal); i++)
        {
            Run(client, 1);
        }

        Assert.Contains(text, client.ReceivedText);
    }

    private void Run(Client? client, int milliseconds, int step = 1)
    {
        for (int i = 0; i < milliseconds; i += step)
        {
            client?.Move();
            _board!.Turn(_board.NowMs + step);
            _console!.Run(_board.NowMs);
        }
    }
}
