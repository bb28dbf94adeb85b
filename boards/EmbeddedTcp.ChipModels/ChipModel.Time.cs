namespace EmbeddedTcp.ChipModels;

// Virtual time: it moves by SPI traffic and by the owner's word, and stops at every event on its way.
public abstract partial class ChipModel
{
    /// <summary>Never, as a moment.</summary>
    protected const long Never = long.MaxValue;

    private long _nextEvent = Never;
    private bool _handlingEvents;
    private ChipAlarm _alarm;
    private long _alarmAt = Never;

    /// <summary>The model's clock in nanoseconds. Moves by <see cref="AdvanceTo"/>, by <see cref="Spend"/> and by the time SPI traffic takes.</summary>
    public long NowNanoseconds { get; private set; }

    /// <summary>The model's clock in microseconds.</summary>
    public long NowMicroseconds => NowNanoseconds / 1000;

    /// <summary>Lets time pass up to an absolute moment; moments in the past are ignored.</summary>
    /// <param name="microseconds">The new time of <see cref="NowMicroseconds"/>.</param>
    public void AdvanceTo(long microseconds)
    {
        ArmMishaps();
        Advance(microseconds * 1000);
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="nanoseconds">How much, 0 or more.</param>
    public void Spend(long nanoseconds)
    {
        ArmMishaps();
        Advance(NowNanoseconds + nanoseconds);
    }

    /// <summary>Has something happen at a given moment, also in the middle of an SPI transfer. There is one alarm; it rings once.</summary>
    /// <param name="nanoseconds">The moment, on <see cref="NowNanoseconds"/>.</param>
    /// <param name="alarm">What to do, or null for nothing.</param>
    public void SetAlarm(long nanoseconds, ChipAlarm alarm)
    {
        _alarm = alarm;
        _alarmAt = alarm == null ? Never : nanoseconds;
        Reschedule();
    }

    /// <summary>The chip's own next event.</summary>
    /// <returns>A moment on <see cref="NowNanoseconds"/>, or <see cref="Never"/>.</returns>
    protected abstract long EarliestEvent();

    /// <summary>Carries out one event of the chip that is due; those of the same moment in a fixed order.</summary>
    /// <returns>False when none was due.</returns>
    protected abstract bool HandleEvent();

    /// <summary>To be called whenever <see cref="EarliestEvent"/> may have changed.</summary>
    protected void Reschedule()
    {
        long next = EarliestEvent();
        next = EarliestMishap < next ? EarliestMishap : next;
        _nextEvent = _alarmAt < next ? _alarmAt : next;
    }

    /// <summary>How many whole periods fit before the next event.</summary>
    /// <param name="periodNanoseconds">The period.</param>
    /// <param name="most">The answer's upper bound.</param>
    /// <returns>0 to <paramref name="most"/>.</returns>
    protected int PeriodsBeforeEvent(long periodNanoseconds, int most)
    {
        if (_nextEvent == Never)
        {
            return most;
        }

        long fit = (_nextEvent - NowNanoseconds - 1) / periodNanoseconds;
        return fit < most ? (int)fit : most;
    }

    private void Advance(long target)
    {
        // The wire, called from an event, cannot move the time that is being accounted for.
        if (target <= NowNanoseconds || _handlingEvents)
        {
            return;
        }

        if (_nextEvent > target)
        {
            NowNanoseconds = target;
            return;
        }

        _handlingEvents = true;
        try
        {
            while (_nextEvent <= target)
            {
                if (_nextEvent > NowNanoseconds)
                {
                    NowNanoseconds = _nextEvent;
                }

                if (!HandleEvent() && !HandleMishap() && _alarmAt <= NowNanoseconds)
                {
                    ChipAlarm alarm = _alarm;
                    _alarm = null;
                    _alarmAt = Never;
                    alarm.Ring(this);
                }

                Reschedule();
            }
        }
        finally
        {
            _handlingEvents = false;
        }

        NowNanoseconds = target;
    }
}
