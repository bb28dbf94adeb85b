using System;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Link;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.BoardTests;

[TestClass]
public sealed class PollLoopTests
{
    private readonly TestDevice _device = new();
    private readonly Recorder _console = new();
    private readonly Recorder _log = new();
    private readonly Application _application;
    private readonly PollLoop _loop;
    private long _now = 1000;

    public PollLoopTests()
    {
        _application = new Application(new NetworkInterface(_device, new StackOptions()), new ApplicationOptions(), _console);
        _loop = new PollLoop(_application, _log);
    }

    [TestMethod]
    public void A_chip_that_answers_is_opened_in_the_first_turn()
    {
        Assert.AreEqual(0, Turn());
        Assert.IsTrue(_loop.Opened);
        Assert.Contains("ready", _console.Text);
    }

    [TestMethod]
    public void A_chip_that_does_not_answer_is_tried_after_one_two_four_seconds_and_then_every_thirty()
    {
        _device.Answers = false;
        long[] tries = new long[8];
        for (int i = 0; i < tries.Length; i++)
        {
            RunUntil(() => _device.Opens == i + 1);
            tries[i] = _now - 1000;
        }

        CollectionAssert.AreEqual(new long[] { 0, 1000, 3000, 7000, 15000, 31000, 61000, 91000 }, tries);
        Assert.AreEqual(8, _loop.FailedOpens);
        Assert.Contains("nobody there", _console.Text);
        Assert.Contains("next try in 30 s", _log.Text);
        _device.Answers = true;
        RunUntil(() => _loop.Opened);
    }

    [TestMethod]
    public void An_exception_while_opening_waits_as_long_as_a_refusal()
    {
        _device.ThrowsInOpen = true;
        RunFor(2500);
        Assert.AreEqual(2, _device.Opens);
        Assert.AreEqual(2, _loop.Faults);
        _device.ThrowsInOpen = false;
        RunUntil(() => _loop.Opened);
    }

    [TestMethod]
    public void It_sleeps_no_longer_than_the_fallback_poll()
    {
        _loop.FallbackPoll = 35;
        Turn();
        Assert.AreEqual(35, _loop.Turn(_now + 100));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(60001)]
    public void A_fallback_poll_out_of_range_is_refused(int value)
    {
        Assert.ThrowsExactly<ArgumentException>(() => _loop.FallbackPoll = value);
    }

    [TestMethod]
    public void A_fault_on_the_bus_is_printed_and_the_chip_recovered_at_once()
    {
        Turn();
        RunFor(100);
        _device.Throws = 1;
        int wait = _loop.Turn(_now);
        Assert.IsGreaterThan(0, wait);
        Assert.Contains("fault 1 in the poll loop: System.InvalidOperationException: bus", _log.Text);
        Assert.AreEqual(0, _device.RecoverCalls);
        RunFor(100);
        Assert.AreEqual(1, _device.RecoverCalls);
        Assert.AreEqual(1, _loop.Faults);
    }

    [TestMethod]
    public void Faults_that_come_back_are_met_with_patience()
    {
        Turn();
        _device.Throws = int.MaxValue;
        RunFor(60000);
        // At 0, 1, 3, 7, 15, 31 seconds, each followed by a turn that faults again.
        Assert.AreEqual(6, _device.RecoverCalls);
        Assert.IsLessThan(10, _loop.Faults);
        _device.Throws = 0;
        RunFor(31000);
        int faults = _loop.Faults;
        RunFor(1000);
        Assert.AreEqual(faults, _loop.Faults);
        Assert.AreEqual("uptime", _application.Shell.Find("uptime").Name);
    }

    [TestMethod]
    public void A_chip_that_does_not_recover_is_left_alone_in_between()
    {
        Turn();
        _device.Throws = 1;
        _device.Recovers = false;
        RunFor(20000);
        Assert.AreEqual(5, _device.RecoverCalls);
        Assert.Contains("still dead", _log.Text);
        _device.Recovers = true;
        RunFor(20000);
        Assert.AreEqual(6, _device.RecoverCalls);
        Assert.AreEqual(1, _loop.Faults);
    }

    [TestMethod]
    public void After_a_quiet_time_patience_starts_anew()
    {
        Turn();
        _device.Throws = int.MaxValue;
        RunFor(20000);
        _device.Throws = 0;
        RunFor(200000);
        int calls = _device.RecoverCalls;
        _device.Throws = 2;
        RunFor(1500);
        Assert.AreEqual(calls + 2, _device.RecoverCalls);
    }

    [TestMethod]
    public void Work_that_throws_rests_and_the_chip_is_left_alone()
    {
        var work = new Work { Throws = true };
        Assert.IsTrue(_loop.Add(work));
        Turn();
        RunFor(5500);
        Assert.AreEqual(6, work.Runs);
        Assert.AreEqual(0, _device.RecoverCalls);
        Assert.Contains("in Work: System.InvalidOperationException: work", _log.Text);
    }

    [TestMethod]
    public void Work_may_ask_for_an_earlier_turn()
    {
        _loop.Add(new Work { Wait = 3 });
        Turn();
        Assert.AreEqual(3, _loop.Turn(_now + 10));
    }

    [TestMethod]
    public void There_is_room_for_eight_works()
    {
        for (int i = 0; i < PollLoop.MaxWorks; i++)
        {
            Assert.IsTrue(_loop.Add(new Work()));
        }

        Assert.IsFalse(_loop.Add(new Work()));
    }

    [TestMethod]
    public void Reboot_ends_everything_first()
    {
        _application.Shell.Add(new RebootCommand(_loop));
        Turn();
        _application.Shell.FeedLine("reboot");
        RunUntil(() => _loop.Ended);
        Assert.IsTrue(_application.Idle);
        Assert.Contains("rebooting", _console.Text);
    }

    [TestMethod]
    public void Exit_ends_the_loop_too()
    {
        Turn();
        _application.Shell.FeedLine("exit");
        RunUntil(() => _loop.Ended);
    }

    [TestMethod]
    public void A_board_whose_chip_never_answered_can_be_stopped()
    {
        _device.Answers = false;
        Turn();
        _loop.RequestStop();
        Turn();
        Assert.IsTrue(_loop.Ended);
    }

    private int Turn()
    {
        return _loop.Turn(_now);
    }

    private void RunFor(long milliseconds)
    {
        long end = _now + milliseconds;
        while (_now < end)
        {
            _now = Math.Min(end, _now + Math.Max(1, _loop.Turn(_now)));
        }
    }

    private void RunUntil(Func<bool> met)
    {
        for (int i = 0; i < 100000; i++)
        {
            int wait = _loop.Turn(_now);
            if (met())
            {
                return;
            }

            _now += Math.Max(1, wait);
        }

        Assert.Fail("never");
    }

    private sealed class Work : ILoopWork
    {
        public bool Throws { get; set; }

        public int Wait { get; set; } = PollLoop.LongestWait;

        public int Runs { get; private set; }

        public int Run(long nowMs)
        {
            Runs++;
            return Throws ? throw new InvalidOperationException("work") : Wait;
        }
    }
}
