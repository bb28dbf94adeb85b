using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Http;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

/// <summary>HTTP clients that are slow, half closed, or send more than they should.</summary>
[TestClass]
public sealed class HttpTimingTest
{
    private const string Request = "GET /api/state HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n";

    [TestMethod]
    public void A_client_that_half_closes_after_the_request_gets_its_answer()
    {
        var board = new Board();
        Client client = board.Connect(80).Send(Request).Shutdown().UntilEnd();
        StringAssert.EndsWith(client.ReceivedText, "}\n\r\n0\r\n\r\n");
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free", 1000);
    }

    [TestMethod]
    public void A_request_that_comes_byte_by_byte_is_understood()
    {
        var board = new Board();
        Client client = board.Connect(80).UntilConnected();
        foreach (char c in Request)
        {
            client.Send(c.ToString());
            board.RunFor(20);
        }

        client.UntilEnd();
        StringAssert.StartsWith(client.ReceivedText, "HTTP/1.1 200 OK\r\n");
    }

    [TestMethod]   // RFC 9112 §9.3: what follows the last request on a connection is not answered
    public void Pipelined_requests_get_one_answer_and_no_reset()
    {
        var board = new Board();
        Client client = board.Connect(80).Send(string.Concat(System.Linq.Enumerable.Repeat(Request, 1000))).UntilEnd();
        string text = client.ReceivedText;
        StringAssert.EndsWith(text, "}\n\r\n0\r\n\r\n");
        Assert.AreEqual(0, text.LastIndexOf("HTTP/1.1 200 OK", System.StringComparison.Ordinal));
        Assert.AreEqual(TcpEndReason.None, client.Connection.EndReason);
        client.Until(() => client.Unsent == 0, "everything was taken", 3_000);
    }

    [TestMethod]
    public void A_client_that_never_finishes_its_request_is_told_so_in_time()
    {
        var board = new Board();
        Client client = board.Connect(80).Send("GET / HTTP/1.1\r\n").UntilConnected();
        for (int i = 0; i < 9; i++)
        {
            board.RunFor(1_000);
            Assert.AreEqual(TcpState.Established, client.Connection.State);
            client.Send("A: b\r\n"); // A header a second does not prolong it.
        }

        client.UntilEnd(1_100);
        StringAssert.StartsWith(client.ReceivedText, "HTTP/1.1 408 Request Timeout\r\n");
        Assert.AreEqual(1, board.ServiceNamed("http").Expired);
        board.RunFor(70_000);
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    public void A_client_that_says_nothing_is_closed_without_a_word()
    {
        var board = new Board();
        Client client = board.Connect(80).UntilConnected();
        board.RunFor(9_900);
        Assert.AreEqual(TcpState.Established, client.Connection.State);
        client.UntilEnd(200);
        Assert.IsEmpty(client.Received);
    }

    [TestMethod]
    public void A_client_that_does_not_read_its_answer_loses_its_slot()
    {
        var board = new Board(options: new ApplicationOptions { Http = new HttpOptions { ProgressInterval = 20_000 } }, stack: new StackOptions { Connections = 8, SendBufferSize = 1024 },
            peerStack: new StackOptions { Connections = 4, ReceiveBufferSize = 512 });
        Client client = board.Connect(80).UntilConnected();
        client.Deaf = true;
        client.Send(Request);
        board.RunUntil(() => board.FreeSlots == 7, "served", 1000, client);
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free", 41_000, client); // Its ring took enough for the first interval.
        Assert.AreEqual(1, board.ServiceNamed("http").Expired);
    }

    [TestMethod]
    public void A_client_that_reads_slowly_gets_everything()
    {
        var board = new Board();
        Client client = board.Connect(80).UntilConnected();
        client.Deaf = true;
        client.Send(Request);
        for (int i = 0; i < 20; i++)
        {
            board.RunFor(1_500);
            client.Deaf = false;
            client.Move();
            client.Deaf = true;
        }

        client.Deaf = false;
        client.UntilEnd(20_000);
        StringAssert.EndsWith(client.ReceivedText, "}\n\r\n0\r\n\r\n");
    }

    [TestMethod]
    public void A_client_that_leaves_in_the_middle_of_its_request_leaves_nothing_behind()
    {
        var board = new Board();
        board.Connect(80).Send("GET / HT").Shutdown().UntilEnd(1_000);
        Client gone = board.Connect(80).Send("GET / HT").UntilConnected();
        board.RunFor(100);
        gone.Connection.Abort();
        board.RunUntil(() => board.FreeSlots == 8, "the slots are free", 1_000);
        Assert.AreEqual(0, board.App.Http.Requests);
    }

    [TestMethod]
    public void A_client_that_keeps_its_side_open_does_not_hold_the_slot()
    {
        var board = new Board(new StackOptions { Connections = 8, FinWait2Timeout = 5_000 });
        board.Connect(80).Send(Request).UntilEnd();
        board.RunFor(11_000);
        Assert.AreEqual(8, board.FreeSlots);
    }
}
