using EmbeddedTcp.Messaging;
using EmbeddedTcp.MessagingTests.Support;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.MessagingTests;

/// <summary>Short connections: each result, who keeps the TIME_WAIT, and no slot left behind.</summary>
[TestClass]
public class ExchangeTests
{
    private const int Port = 80;

    /// <summary>The answer ends where the peer closes: the TIME_WAIT is the peer's.</summary>
    [TestMethod]
    public void Answer_up_to_the_close()
    {
        TwoStacks t = new TwoStacks();
        Server server = new Server(t.B, 5, 900, true);
        ShortExchange e = new ShortExchange(t.A, 1000, null);
        Run(t, e, server);
        Assert.IsTrue(e.Result == ExchangeResult.Answered, ExchangeResultName.Of(e.Result));
        Assert.AreEqual(900, e.AnswerLength);
        Assert.IsTrue(e.Answer[899] == Traffic.Octet(0, 899));
        Assert.AreEqual(0, t.A.Tcp.TimeWait.Count);
        Assert.AreEqual(1, t.B.Tcp.TimeWait.Count);
        NothingIsLeft(t);
    }

    /// <summary>Exactly as long as the room is not too long; a byte more is.</summary>
    [TestMethod]
    public void Answer_as_long_as_the_room()
    {
        for (int more = 0; more < 2; more++)
        {
            TwoStacks t = new TwoStacks();
            Server server = new Server(t.B, 5, 1000 + more, true);
            ShortExchange e = new ShortExchange(t.A, 1000, null);
            Run(t, e, server);
            Assert.IsTrue(e.Result == (more == 0 ? ExchangeResult.Answered : ExchangeResult.TooLong), ExchangeResultName.Of(e.Result));
            Assert.AreEqual(1000, e.AnswerLength);
            NothingIsLeft(t);
        }
    }

    /// <summary>The answer has a known length: it is there at once, and the peer may close first; if it does not, we do.</summary>
    [TestMethod]
    public void Answer_of_a_known_length()
    {
        for (int kind = 0; kind < 3; kind++)
        {
            TwoStacks t = new TwoStacks();
            Server server = new Server(t.B, 5, 200, kind == 0);
            ShortExchange e = new ShortExchange(t.A, 1000, null) { Ends = AnswerEnd.AtCount, AnswerBytes = 200 };
            Run(t, e, server);
            Assert.IsTrue(e.Result == ExchangeResult.Answered, ExchangeResultName.Of(e.Result));
            if (kind == 2)
            {
                // Half a second late, but in time.
                t.Run(500);
                server.Close();
            }

            t.Run(1500);
            server.Step();
            t.Run(100);
            Assert.AreEqual(kind == 1 ? 1 : 0, t.A.Tcp.TimeWait.Count);
            Assert.AreEqual(kind == 1 ? 0 : 1, t.B.Tcp.TimeWait.Count);
            NothingIsLeft(t);
        }
    }

    /// <summary>The answer says its length itself; one that says too much is refused, one that is less is cut short.</summary>
    [TestMethod]
    public void Answer_with_its_length_in_front()
    {
        int[] says = new int[] { 98, 999, 99 };
        ExchangeResult[] results = new ExchangeResult[] { ExchangeResult.Answered, ExchangeResult.TooLong, ExchangeResult.CutShort };
        for (int i = 0; i < 3; i++)
        {
            TwoStacks t = new TwoStacks();
            Server server = new Server(t.B, 5, 100, true) { Says = says[i] };
            ShortExchange e = new ShortExchange(t.A, 1000, null) { Ends = AnswerEnd.AtPrefix16 };
            Run(t, e, server);
            Assert.IsTrue(e.Result == results[i], ExchangeResultName.Of(e.Result));
            Assert.AreEqual(i == 1 ? 2 : 100, e.AnswerLength);
            NothingIsLeft(t);
        }
    }

    /// <summary>A request that is not answered is done when the peer has it, and not when the peer resets.</summary>
    [TestMethod]
    public void No_answer_wanted()
    {
        TwoStacks t = new TwoStacks();
        ShortExchange e = new ShortExchange(t.A, 10, null) { Ends = AnswerEnd.AtCount };
        TcpListener listener = t.B.Tcp.Listen(Port, 1);
        t.Settle();
        e.Start(TwoStacks.AddressB, Port, new byte[3000], 0, 3000);

        // As long as an acknowledgment may be delayed.
        t.Run(200);
        Assert.IsTrue(e.Result == ExchangeResult.Answered, ExchangeResultName.Of(e.Result));
        TcpConnection c = listener.Accept();
        Assert.AreEqual(3000, c.Available);
        c.Abort();
        t.Settle();
        e.Start(TwoStacks.AddressB, Port, new byte[9000], 0, 9000);
        t.Settle();
        listener.Accept().Abort();
        t.Settle();
        Assert.IsTrue(e.Result == ExchangeResult.Reset, ExchangeResultName.Of(e.Result));
        NothingIsLeft(t);
    }

    /// <summary>Nobody listens: refused, after as many attempts as were asked for.</summary>
    [TestMethod]
    public void Refused()
    {
        TwoStacks t = new TwoStacks();
        t.Settle();
        ShortExchange e = new ShortExchange(t.A, 10, null) { Retries = 2 };
        e.Start(TwoStacks.AddressB, Port, new byte[1], 0, 1);
        t.Settle();
        Assert.IsTrue(e.Busy);
        Assert.IsFalse(e.Start(TwoStacks.AddressB, Port, new byte[1], 0, 1));
        t.Run(3001);
        Assert.IsTrue(e.Result == ExchangeResult.Refused, ExchangeResultName.Of(e.Result));
        Assert.AreEqual(3, e.Attempts);
        NothingIsLeft(t);
    }

    /// <summary>A peer that answers nothing costs the attempt's time, and all attempts together the deadline.</summary>
    [TestMethod]
    public void Mute()
    {
        for (int kind = 0; kind < 2; kind++)
        {
            TwoStacks t = new TwoStacks();
            Server server = new Server(t.B, 50, 1, true);
            ShortExchange e = new ShortExchange(t.A, 10, null) { AttemptTimeout = 3000, Deadline = kind == 0 ? 8000 : 5000, Retries = kind * 10 };
            e.Start(TwoStacks.AddressB, Port, new byte[5], 0, 5);
            t.Run(2999);
            server.Step();
            Assert.IsTrue(e.Busy);
            t.Run(2);
            Assert.AreEqual(kind == 1, e.Busy);
            t.Run(5000);
            Assert.IsFalse(e.Busy);
            Assert.IsTrue(e.Result == (kind == 0 ? ExchangeResult.TimedOut : ExchangeResult.DeadlinePassed), ExchangeResultName.Of(e.Result));
        }
    }

    /// <summary>Twenty thousand bytes of request through a ring of 4,096, and our FIN behind them.</summary>
    [TestMethod]
    public void Long_request()
    {
        TwoStacks t = new TwoStacks();
        Server server = new Server(t.B, 20000, 3, true);
        ShortExchange e = new ShortExchange(t.A, 10, null) { HalfClose = true };
        e.Start(TwoStacks.AddressB, Port, Traffic.Message(0, 20000), 0, 20000);
        for (int i = 0; i < 100 && e.Busy; i++)
        {
            t.Run(10);
            server.Step();
        }

        Assert.IsTrue(e.Result == ExchangeResult.Answered, ExchangeResultName.Of(e.Result));
        Assert.AreEqual(20000, server.Received);
        Assert.AreEqual(1, t.A.Tcp.TimeWait.Count);
        NothingIsLeft(t);
    }

    private static void Run(TwoStacks t, ShortExchange e, Server server)
    {
        t.Settle();
        Assert.IsTrue(e.Start(TwoStacks.AddressB, Port, Traffic.Message(0, 5), 0, 5));
        for (int i = 0; i < 10; i++)
        {
            t.Settle();
            server.Step();
        }
    }

    private static void NothingIsLeft(TwoStacks t)
    {
        t.Run(5000);
        Assert.AreEqual(4, t.A.Tcp.FreeSlots);
        Assert.AreEqual(4, t.B.Tcp.FreeSlots);
    }

    /// <summary>Reads so many bytes, answers with so many, and closes or waits to be closed.</summary>
    private sealed class Server
    {
        private readonly TcpListener _listener;
        private readonly byte[] _buffer = new byte[4096];
        private readonly int _asks;
        private readonly int _answers;
        private readonly bool _closes;
        private TcpConnection _c;
        private bool _answered;

        public int Received;
        public int Says = -1;

        public Server(Link.NetworkInterface net, int asks, int answers, bool closes)
        {
            _listener = net.Tcp.Listen(Port, 2);
            _asks = asks;
            _answers = answers;
            _closes = closes;
        }

        public void Close()
        {
            _c.Close();
        }

        public void Step()
        {
            if (_c == null)
            {
                _c = _listener.Accept();
                if (_c == null)
                {
                    return;
                }
            }

            int n;
            while ((n = _c.Read(_buffer, 0, _buffer.Length)) > 0)
            {
                Received += n;
            }

            if (Received >= _asks && !_answered)
            {
                byte[] answer = Traffic.Message(0, _answers);
                if (Says >= 0)
                {
                    answer[0] = (byte)(Says >> 8);
                    answer[1] = (byte)Says;
                }

                _c.Write(answer, 0, _answers);
                _answered = true;
                if (_closes)
                {
                    _c.Close();
                }
            }

            if (n < 0 && !_closes)
            {
                _c.Close();
            }
        }
    }
}
