using System;
using System.Linq;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

/// <summary>Faults, floods and the end: nothing that happens to one connection reaches another, and no slot is lost.</summary>
[TestClass]
public sealed class SurvivalTest
{
    [TestMethod]
    [DataRow(FaultyService.InAccepted)]
    [DataRow(FaultyService.InServe)]
    [DataRow(FaultyService.InDeadline)]
    [DataRow(FaultyService.InReleased)]
    public void A_fault_costs_its_connection_and_nothing_else(int where)
    {
        var board = new Board(setUp: a => Assert.IsTrue(a.Add(new FaultyService(where))));
        Client echo = board.Connect(7).Send("before").UntilReceived(6);
        Client victim = board.Connect(4000).Send("x");
        bool atDeadline = where is FaultyService.InDeadline or FaultyService.InReleased;
        victim.Until(() => victim.Ended, "reset", atDeadline ? 1_500 : 500); // Its deadline is 1,000 ms.
        Assert.AreEqual(TcpEndReason.Reset, victim.Connection.EndReason);
        Assert.AreEqual(1, board.Dispatcher.Faults);
        Assert.AreEqual(1, board.ServiceNamed("faulty").Faults);
        Assert.AreEqual(0, board.ServiceNamed("faulty").Open);
        Assert.AreEqual("fault 1 in faulty: System.InvalidOperationException: on purpose\n", board.Console.Text);
        echo.Send(" after").UntilReceived(12);
        Assert.AreEqual("before after", echo.ReceivedText);
        Assert.AreEqual(7, board.FreeSlots);
    }

    [TestMethod]
    public void Faults_are_all_counted_but_do_not_drown_the_console()
    {
        var board = new Board(setUp: a => Assert.IsTrue(a.Add(new FaultyService(FaultyService.InServe))));
        for (int i = 0; i < 20; i++)
        {
            Client victim = board.Connect(4000).Send("x");
            victim.Until(() => victim.Ended, "reset");
            victim.Close();
        }

        Assert.AreEqual(20, board.Dispatcher.Faults);
        Assert.HasCount(1, board.Console.Lines);
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    public void A_fault_in_a_command_leaves_the_shell_alive()
    {
        var board = new Board();
        Assert.IsTrue(board.App.Shell.Add(new FaultyCommand()));
        Assert.AreEqual("fault in the command: System.InvalidOperationException: on purpose\n", board.Type("faulty"));
        Assert.AreEqual("fault in the command: System.InvalidOperationException: in the job\n", board.Type("faulty job"));
        StringAssert.StartsWith(board.Type("uptime"), "up ");
    }

    [TestMethod]
    public void A_hundred_mixed_connections_leave_nothing_behind()
    {
        var board = new Board();
        for (int i = 0; i < 100; i++)
        {
            int port = new[] { 7, 9, 13, 19, 80 }[i % 5];
            Client client = board.Connect(port).UntilConnected();
            switch (i % 7)
            {
                case 0:
                    board.RunFor(5);
                    client.Connection.Abort();
                    continue;
                case 1:
                    client.Close();
                    continue;
                case 2:
                    client.Send("GET / HTTP/1.1\r\nHost: b\r\n\r\n").Shutdown().UntilEnd();
                    break;
                case 3:
                    client.Send(new byte[3000]);
                    break;
                case 4:
                    client.Shutdown().UntilEnd();
                    break;
                case 5:
                    board.RunFor(50);
                    break;
                default:
                    client.Send("x").Shutdown();
                    board.RunFor(10);
                    break;
            }

            client.Close();
        }

        board.RunUntil(() => board.FreeSlots == 8, "every slot is free", 130_000);
        Assert.AreEqual(0, board.Dispatcher.Open);
        Assert.AreEqual(0, board.Dispatcher.Faults);
        for (int i = 0; i < board.Dispatcher.ServiceCount; i++)
        {
            Assert.AreEqual(0, board.Dispatcher.ServiceAt(i).Open);
            Assert.AreEqual(20, board.Dispatcher.ServiceAt(i).Opened, board.Dispatcher.ServiceAt(i).Name + board.Type("stats"));
        }
    }

    [TestMethod]
    public void Twenty_at_once_against_eight_slots_all_get_their_echo()
    {
        var board = new Board();
        byte[] data = EchoTest.RandomBytes(5_000, 9);
        Client[] clients = Enumerable.Range(0, 20).Select(_ => board.Connect(7).Send(data).Shutdown()).ToArray();
        board.RunUntil(() => clients.All(c => c.AtEnd), "all ended", 120_000, clients);
        Assert.IsTrue(clients.All(c => data.AsSpan().SequenceEqual(c.Received)));
        board.RunUntil(() => board.FreeSlots == 8, "every slot is free");
        Assert.AreEqual(20 * 5_000, ((EchoService)board.ServiceNamed("echo")).Bytes);
    }

    [TestMethod]
    public void Silent_clients_on_every_slot_give_them_back_in_time()
    {
        var board = new Board(options: new ApplicationOptions { IdleLimit = 20_000 });
        int[] ports = [7, 9, 19, 80, 13, 7, 9, 80];
        Client[] clients = ports.Select(p => board.Connect(p).UntilConnected()).ToArray();
        board.Cut();
        board.RunFor(400_000); // The engine's own limits for peers that vanished are below this.
        Assert.AreEqual(8, board.FreeSlots);
        Assert.AreEqual(0, board.Dispatcher.Open);
    }

    [TestMethod]
    public void Stop_lets_every_answer_arrive_and_closes()
    {
        var board = new Board();
        Client echo = board.Connect(7).Send("hello").UntilReceived(5);
        Client idle = board.Connect(9).UntilConnected();
        board.RunFor(100_000); // A board that slept for long must not count its patience from before.
        Assert.IsFalse(board.App.Idle);
        board.App.Stop();
        Assert.IsTrue(board.App.Stopping);
        echo.UntilEnd(1_000);
        idle.UntilEnd(1_000);
        echo.Close();
        idle.Close();
        board.RunUntil(() => board.App.Idle, "idle", 1_000);
        Assert.AreEqual(TcpEndReason.None, idle.Connection.EndReason is TcpEndReason.Closed ? TcpEndReason.None : idle.Connection.EndReason);

        Client late = board.Connect(7);
        late.Until(() => late.Ended, "refused", 1_000);
        Assert.AreEqual(TcpEndReason.Refused, late.Connection.EndReason);
    }

    [TestMethod]
    public void Stop_does_not_wait_for_peers_that_do_not_close()
    {
        var board = new Board();
        Client open = board.Connect(7).Send("x").UntilReceived(1);
        Client deaf = board.Connect(19).UntilConnected();
        deaf.Deaf = true;
        board.RunFor(1000);
        Assert.IsTrue(board.App.Shell.FeedLine("connect 10.77.0.1 7"));
        board.RunFor(100);
        long start = board.NowMs;
        board.App.Stop();
        board.RunUntil(() => board.App.Idle, "idle", 4_000);
        Assert.IsGreaterThanOrEqualTo(2_999, board.NowMs - start);
        StringAssert.Contains(board.Console.Text, "connect: aborted");
        open.Until(() => open.Ended, "reset", 1_000);
        Assert.AreEqual(0, board.Dispatcher.Open);
    }

    [TestMethod]
    public void Stop_without_connections_is_idle_after_one_turn()
    {
        var board = new Board();
        board.RunFor(100_000);
        board.App.Stop();
        Assert.IsFalse(board.App.Idle);
        board.RunUntil(() => board.App.Idle, "idle", 5);
    }

    [TestMethod]
    public void A_device_that_does_not_open_says_why()
    {
        var console = new Recorder();
        var device = new PipeDevice("none") { Failure = "VERSIONR reads 0xFF: is the chip wired?" };
        var application = new EmbeddedTcp.App.Application(new NetworkInterface(device, new StackOptions()), new ApplicationOptions(), console);
        Assert.IsFalse(application.Open());
        Assert.AreEqual("EmbeddedTcp on EmbeddedTcp board\nerror: VERSIONR reads 0xFF: is the chip wired?\n", console.Text);
    }

    [TestMethod]
    public void An_idle_board_sleeps()
    {
        var board = new Board();
        board.Connect(7).Send("x").UntilReceived(1);
        board.RunFor(5_000);
        Assert.IsGreaterThan(10_000, board.App.Poll(board.NowMs));
    }

    private sealed class FaultyService(int where) : Service("faulty", 4000)
    {
        public const int InAccepted = 1;
        public const int InServe = 2;
        public const int InDeadline = 3;
        public const int InReleased = 4;

        public override void OnAccepted(TcpConnection connection)
        {
            base.OnAccepted(connection);
            Dispatcher.SetDeadline(connection, 1_000);
            ThrowIf(InAccepted);
        }

        public override void OnReleased(TcpConnection connection)
        {
            ThrowIf(InReleased);
        }

        protected override void Serve(TcpConnection connection)
        {
            if (connection.Available > 0)
            {
                ThrowIf(InServe);
            }
        }

        protected override void OnExpired(TcpConnection connection)
        {
            ThrowIf(InDeadline);
            base.OnExpired(connection);
        }

        private void ThrowIf(int place)
        {
            if (where == place)
            {
                throw new InvalidOperationException("on purpose");
            }
        }
    }

    private sealed class FaultyCommand() : Command("faulty", "", "fails")
    {
        public override Job Run(EmbeddedTcp.App.Application application, TextOutput output, string[] arguments)
        {
            return arguments.Length == 0 ? throw new InvalidOperationException("on purpose") : new FaultyJob();
        }
    }

    private sealed class FaultyJob : Job
    {
        public override int Run(long nowMs)
        {
            throw new InvalidOperationException("in the job");
        }

        public override void Abort()
        {
        }
    }
}
