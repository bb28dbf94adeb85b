using System;

namespace EmbeddedTcp.App;

/// <summary>
/// The turn of a device's only loop: polls the application and what else wants a turn, and survives whatever they throw.
/// </summary>
/// <remarks>
/// <para>It owns no thread and no clock. The board calls <see cref="Turn"/>, then sleeps for as long as that says or until
/// an interrupt, and so on until <see cref="Ended"/>.</para>
/// <para>A chip that is not there at boot is looked for again, after 1 s, 2 s, 4 s … 30 s. An exception that comes out of a
/// turn is printed and counted; then the chip is brought back to a known state with the same patience, since a bus that failed in
/// the middle of a transfer leaves a driver that no longer knows where it was.</para>
/// </remarks>
public sealed class PollLoop
{
    /// <summary>Longest time that <see cref="Turn"/> lets the board sleep when nothing is due, in milliseconds.</summary>
    public const int LongestWait = 60000;

    /// <summary>Works at most.</summary>
    public const int MaxWorks = 8;

    /// <summary>The first pause before a chip that does not answer is tried again, in milliseconds. Doubles up to <see cref="LongestRetry"/>.</summary>
    public const int FirstRetry = 1000;

    /// <summary>The longest pause before a chip that does not answer is tried again, in milliseconds.</summary>
    public const int LongestRetry = 30000;

    /// <summary>Faults are always counted but printed this many milliseconds apart at least, so that they cannot drown the console.</summary>
    public const int FaultPrintInterval = 1000;

    private readonly Application _application;
    private readonly TextOutput _log;
    private readonly ILoopWork[] _works = new ILoopWork[MaxWorks];
    private readonly long[] _workRests = new long[MaxWorks];
    private int _workCount;
    private int _fallbackPoll = 20;
    private int _retry = FirstRetry;
    private long _nextTry;
    private long _lastPrinted = -FaultPrintInterval;
    private bool _faulted;
    private bool _stopRequested;

    /// <summary>Makes a loop; nothing is opened before the first <see cref="Turn"/>.</summary>
    /// <param name="application">What is polled.</param>
    /// <param name="log">Where faults are printed.</param>
    public PollLoop(Application application, TextOutput log)
    {
        _application = application;
        _log = log;
    }

    /// <summary>
    /// The longest sleep while the chip is open, in milliseconds, 1 to 60,000: how late a frame is noticed whose interrupt was
    /// lost, or on a board without an interrupt line every frame.
    /// </summary>
    /// <exception cref="ArgumentException">Out of range.</exception>
    public int FallbackPoll
    {
        get
        {
            return _fallbackPoll;
        }

        set
        {
            if (value < 1 || value > LongestWait)
            {
                throw new ArgumentException("FallbackPoll");
            }

            _fallbackPoll = value;
        }
    }

    /// <summary>True once the chip answered and the services listen.</summary>
    public bool Opened { get; private set; }

    /// <summary>Times the chip did not answer at boot.</summary>
    public int FailedOpens { get; private set; }

    /// <summary>Exceptions that came out of a turn.</summary>
    public int Faults { get; private set; }

    /// <summary>Turns so far.</summary>
    public long Turns { get; private set; }

    /// <summary>True when the end was asked for and everything has ended: what comes now, a reboot for instance, cuts nobody off.</summary>
    public bool Ended { get; private set; }

    /// <summary>Gives something its turn from now on.</summary>
    /// <returns>False when there is no room for another.</returns>
    public bool Add(ILoopWork work)
    {
        if (_workCount == MaxWorks)
        {
            return false;
        }

        _works[_workCount++] = work;
        return true;
    }

    /// <summary>Asks for the end: connections are closed, within the application's limits, then <see cref="Ended"/> is true.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
    }

    /// <summary>One turn. Throws nothing.</summary>
    /// <param name="nowMs">A clock in milliseconds that never goes back; not negative.</param>
    /// <returns>Milliseconds to sleep unless an interrupt or input comes before, 0 for none.</returns>
    public int Turn(long nowMs)
    {
        Turns++;
        int wait;
        try
        {
            wait = TurnApplication(nowMs);
        }
        catch (Exception e)
        {
            Report("the poll loop", e, nowMs);
            _faulted = true;
            wait = _fallbackPoll;
        }

        for (int i = 0; i < _workCount; i++)
        {
            int workWait = TurnWork(i, nowMs);
            wait = workWait < wait ? workWait : wait;
        }

        return wait;
    }

    private int TurnApplication(long nowMs)
    {
        if (!Opened)
        {
            return Open(nowMs);
        }

        if (_faulted && !Recover(nowMs))
        {
            return UntilNextTry(nowMs);
        }

        if (!_application.Stopping && (_stopRequested || _application.Shell.ExitRequested))
        {
            _application.Stop();
        }

        int wait = _application.Poll(nowMs);
        Ended = _application.Idle;
        _faulted = false;
        return wait < _fallbackPoll ? wait : _fallbackPoll;
    }

    private int Open(long nowMs)
    {
        if (_stopRequested)
        {
            Ended = true;
            return 0;
        }

        if (nowMs < _nextTry)
        {
            return UntilNextTry(nowMs);
        }

        // Set first: an exception out of Open waits as long as a refusal does.
        PutOff(nowMs);
        if (!_application.Open())
        {
            FailedOpens++;
            _log.WriteLine("next try in " + (UntilNextTry(nowMs) / 1000).ToString() + " s");
            return UntilNextTry(nowMs);
        }

        Opened = true;
        _faulted = false;
        _retry = FirstRetry;
        _nextTry = nowMs;
        return 0;
    }

    // After a fault: true when the chip may be used again. The pause grows with each recovery that is needed in a row, also when
    // the recovery itself succeeds.
    private bool Recover(long nowMs)
    {
        if (nowMs < _nextTry)
        {
            return false;
        }

        PutOff(nowMs);
        if (!_application.Net.Device.Recover())
        {
            _log.WriteLine("error: " + _application.Net.Device.Error);
            return false;
        }

        _faulted = false;
        return true;
    }

    private void PutOff(long nowMs)
    {
        // A quiet minute since the last try, and patience starts anew.
        if (nowMs - _nextTry > 2 * LongestRetry)
        {
            _retry = FirstRetry;
        }

        _nextTry = nowMs + _retry;
        _retry = _retry * 2 > LongestRetry ? LongestRetry : _retry * 2;
    }

    private int UntilNextTry(long nowMs)
    {
        long wait = _nextTry - nowMs;
        return wait < 1 ? 1 : wait > LongestWait ? LongestWait : (int)wait;
    }

    // A work that throws rests for a second. It says nothing about the chip.
    private int TurnWork(int index, long nowMs)
    {
        long rest = _workRests[index] - nowMs;
        if (rest > 0)
        {
            return (int)rest;
        }

        try
        {
            return _works[index].Run(nowMs);
        }
        catch (Exception e)
        {
            Report(_works[index].GetType().Name, e, nowMs);
            _workRests[index] = nowMs + FirstRetry;
            return FirstRetry;
        }
    }

    private void Report(string where, Exception e, long nowMs)
    {
        Faults++;
        if (nowMs - _lastPrinted < FaultPrintInterval)
        {
            return;
        }

        _lastPrinted = nowMs;
        try
        {
            _log.WriteLine("fault " + Faults.ToString() + " in " + where + ": " + e.GetType().FullName + ": " + e.Message);
        }
        catch (Exception)
        {
            // Without memory for a line of text the count has to do.
        }
    }
}
