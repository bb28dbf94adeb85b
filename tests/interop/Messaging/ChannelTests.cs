using System.Collections.Generic;
using System.Linq;
using System.Text;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Tap;
using EmbeddedTcp.Messaging;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Messaging;

/// <summary>docs/message-channel.md against a peer in Python that was written from it, over the kernel's TCP.</summary>
[TestClass]
public sealed class ChannelTests
{
    private const int Port = 4242;
    private const int SigKill = 9;
    private const int SigStop = 19;
    private const int SigContinue = 18;

    public required TestContext TestContext { get; init; }

    private static ChannelListener Listen(RunningBoard board, EchoingBoard handler) => board.Ask(b =>
    {
        var listener = new ChannelListener(b.Net, Port, 2, EchoingBoard.Options(), handler);
        Assert.IsTrue(listener.Open());
        return listener;
    });

    private static MessageChannel Connect(RunningBoard board, EchoingBoard handler, int port, string? name = null)
    {
        MessageChannel channel = board.Ask(b =>
        {
            var made = new MessageChannel(b.Net, EchoingBoard.Options(), handler);
            Assert.IsTrue(name == null ? made.Open(0x0A4D0001, port) : made.Open(name, port, b.Application.Network.Dns));
            return made;
        });
        board.WaitUntil(_ => channel.State == ChannelState.Open, "the channel is open");
        return channel;
    }

    [TestMethod]
    public void Client_in_Python_talks_to_the_board()
    {
        using TapLab lab = TapLab.Start(TestContext);
        var handler = new EchoingBoard();
        ChannelListener listener = Listen(lab.Running, handler);
        for (int i = 0; i < 2; i++)
        {
            ToolResult result = lab.Network.Exec(60, null, "python3", PythonPeer.Script, "talk", TapLab.BoardAddress, $"{Port}").Succeeded();
            StringAssert.Contains(result.Text, "peer takes 60000");
            StringAssert.Contains(result.Text, "talked, end");
        }

        lab.Running.WaitUntil(_ => listener.InUse == 0, "no channel in use");
        Assert.AreEqual(2, lab.Running.Ask(_ => listener.Counters.EndsBy(ChannelEnd.PeerClosed)));
        Assert.AreEqual(2, lab.Running.Ask(_ => listener.Counters.Skipped));
        lab.Finish();
    }

    [TestMethod]
    [DataRow("length", ChannelEnd.TooLarge, "goodbye 5, end")]
    [DataRow("maximum", ChannelEnd.TooLarge, "goodbye 5, end")]
    [DataRow("type", ChannelEnd.ProtocolError, "goodbye 6, end")]
    [DataRow("flood", ChannelEnd.Flood, "goodbye 7, end")]
    [DataRow("replies", ChannelEnd.Flood, "goodbye 7, end")]
    [DataRow("version", ChannelEnd.WrongVersion, "goodbye 3, end")]
    [DataRow("http", ChannelEnd.NotAChannel, "reset")]
    [DataRow("half", ChannelEnd.HalfMessage, "end")]
    [DataRow("silence", ChannelEnd.Silence, "reset")]
    public void Client_in_Python_breaks_a_rule(string what, ChannelEnd end, string heard)
    {
        using TapLab lab = TapLab.Start(TestContext);
        ChannelListener listener = Listen(lab.Running, new EchoingBoard());
        ToolResult result = lab.Network.Exec(60, null, "python3", PythonPeer.Script, "bad", TapLab.BoardAddress, $"{Port}", what).Succeeded();
        Assert.AreEqual("ended: " + heard, result.Text.Trim());
        lab.Running.WaitUntil(_ => listener.Counters.EndsBy(end) == 1 && listener.InUse == 0, $"it ended with {ChannelEndName.Of(end)}");
        lab.Finish();
    }

    [TestMethod]
    public void Server_in_Python_is_talked_to_killed_started_again_and_frozen()
    {
        using TapLab lab = TapLab.Start(TestContext);
        var handler = new EchoingBoard { Echoing = false };
        MessageChannel channel;
        using (PythonPeer server = PythonPeer.Start(lab.Network, "serve", TapLab.HostAddress, Port))
        {
            channel = Connect(lab.Running, handler, Port);
            Converse(lab.Running, channel, handler, server);
            server.Signal(SigKill);
            lab.Running.WaitUntil(_ => channel.State != ChannelState.Open, "the end is noticed");
        }

        Assert.IsTrue(handler.ClosedBy is ChannelEnd.EndOfStream or ChannelEnd.Reset, handler.ClosedBy.ToString());
        lab.Running.WaitUntil(_ => channel.Failures > 1 && channel.LastEnd == ChannelEnd.Refused, "nobody is there");
        using (PythonPeer server = PythonPeer.Start(lab.Network, "serve", TapLab.HostAddress, Port))
        {
            lab.Running.WaitUntil(_ => handler.Opens == 2, "it is open again");
            Converse(lab.Running, channel, handler, server);

            // The kernel goes on acknowledging; only the heart stands still.
            server.Signal(SigStop);
            lab.Running.WaitUntil(_ => channel.State != ChannelState.Open, "the silence is noticed");
            Assert.AreEqual(ChannelEnd.Silence, handler.ClosedBy);
            server.Signal(SigContinue);
            lab.Running.WaitUntil(_ => handler.Opens == 3, "it is open once more", 20);
            lab.Running.Ask(_ =>
            {
                channel.Close();
                return true;
            });
            server.WaitFor("goodbye 0");
        }

        lab.Finish(20);
    }

    [TestMethod]
    public void Server_in_Python_bites()
    {
        using TapLab lab = TapLab.Start(TestContext);
        var handler = new EchoingBoard();
        using PythonPeer server = PythonPeer.Start(lab.Network, "bite", TapLab.HostAddress, Port);
        MessageChannel channel = lab.Running.Ask(b => new MessageChannel(b.Net, EchoingBoard.Options(), handler));
        lab.Running.Ask(_ => channel.Open(0x0A4D0001, Port));
        server.WaitFor("ended: goodbye 5, end");
        lab.Running.WaitUntil(_ => channel.Counters.EndsBy(ChannelEnd.TooLarge) > 1, "bitten twice");
        lab.Running.Ask(_ =>
        {
            channel.Close();
            return true;
        });
        lab.Finish(20);
    }

    [TestMethod]
    public void Server_in_Python_is_found_by_its_name_once_the_board_has_an_address()
    {
        using PythonPeer server = PythonPeer.Start(null, "serve", "127.0.0.1", 0);
        using RunningBoard board = RunningBoard.Start(new BoardSettings
        {
            Dhcp = true, Forwards = [], Names = new Dictionary<string, uint> { ["server.lan"] = 0x0A4D0001 },
        });
        var handler = new EchoingBoard { Echoing = false };
        MessageChannel channel = Connect(board, handler, server.Port, "server.lan");
        Converse(board, channel, handler, server);
    }

    private static void Converse(RunningBoard board, MessageChannel channel, EchoingBoard handler, PythonPeer server)
    {
        foreach (int length in new[] { 0, 1, 1460, 4000, 60_000 })
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) + length))];
            int messages = board.Ask(_ => handler.Messages);
            Assert.AreEqual(SendResult.Queued, board.Ask(b =>
            {
                int result = channel.SendLarge(message, 0, length);
                b.Net.Flush();
                return result;
            }));
            board.WaitUntil(_ => handler.Messages > messages, $"{length} bytes come back", 20);
            CollectionAssert.AreEqual(message, board.Ask(_ => handler.Last));
        }

        Ask(board, channel, handler, "drow");
        Assert.AreEqual("word", Encoding.ASCII.GetString(board.Ask(_ => handler.Reply)));
        Ask(board, channel, handler, "ask me");
        server.WaitFor("reply 77 ?llew");
        board.Ask(_ => channel.Request("?"u8.ToArray(), 0, 1, 5000));
        board.WaitUntil(_ => handler.Error == 300, "the error");

        // Ten intervals by heartbeats alone.
        int beats = board.Ask(_ => channel.Counters.HeartbeatsIn);
        board.WaitUntil(_ => channel.Counters.HeartbeatsIn >= beats + 6, "heartbeats");
        Assert.AreEqual(ChannelState.Open, board.Ask(_ => channel.State));
    }

    private static void Ask(RunningBoard board, MessageChannel channel, EchoingBoard handler, string question)
    {
        int replies = board.Ask(_ => handler.Replies);
        byte[] octets = Encoding.ASCII.GetBytes(question);
        Assert.IsGreaterThan(0, board.Ask(_ => channel.Request(octets, 0, octets.Length, 5000)));
        board.WaitUntil(_ => handler.Replies > replies, "the reply");
    }
}
