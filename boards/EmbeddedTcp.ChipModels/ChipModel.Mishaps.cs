namespace EmbeddedTcp.ChipModels;

// Faults that come by the clock: brown-outs, link flaps, floods of frames, death.
public abstract partial class ChipModel
{
    private byte[] _floodFrame;
    private long _brownOutAt = Never;
    private long _flapAt = Never;
    private long _replugAt = Never;
    private long _floodAt = Never;
    private long _deathAt = Never;
    private bool _dead;

    /// <summary>True when no chip answers: it is not there, or it has died.</summary>
    protected bool Gone => _dead || Faults.AbsentLevel >= 0;

    private long EarliestMishap
    {
        get
        {
            long next = _brownOutAt;
            next = _flapAt < next ? _flapAt : next;
            next = _replugAt < next ? _replugAt : next;
            next = _floodAt < next ? _floodAt : next;
            return _deathAt < next ? _deathAt : next;
        }
    }

    /// <summary>Pulls the cable for the time of a link flap, as the fault send-flaps does in the middle of a frame.</summary>
    protected void FlapLink()
    {
        if (Plugged)
        {
            SetCable(false);
            _replugAt = NowNanoseconds + Faults.LinkFlapMilliseconds * 1000000L;
            Reschedule();
        }
    }

    // A fault that has been switched on since is given its first moment.
    private void ArmMishaps()
    {
        ChipFaults faults = Faults;
        if (!faults.Timed)
        {
            return;
        }

        long now = NowNanoseconds;
        bool armed = false;
        if (_brownOutAt == Never && faults.BrownOutEveryMilliseconds > 0)
        {
            _brownOutAt = now + faults.About(faults.BrownOutEveryMilliseconds * 1000000L);
            armed = true;
        }

        if (_flapAt == Never && faults.LinkFlapEveryMilliseconds > 0)
        {
            _flapAt = now + faults.About(faults.LinkFlapEveryMilliseconds * 1000000L);
            armed = true;
        }

        if (_floodAt == Never && faults.FloodEveryMicroseconds > 0)
        {
            _floodAt = now + faults.About(faults.FloodEveryMicroseconds * 1000L);
            armed = true;
        }

        if (_deathAt == Never && faults.DeathAfterMilliseconds > 0 && !_dead)
        {
            _deathAt = now + faults.DeathAfterMilliseconds * 1000000L;
            armed = true;
        }

        if (armed)
        {
            Reschedule();
        }
    }

    private bool HandleMishap()
    {
        long now = NowNanoseconds;
        ChipFaults faults = Faults;
        if (_brownOutAt <= now)
        {
            _brownOutAt = Never;
            if (faults.BrownOutEveryMilliseconds > 0)
            {
                _brownOutAt = now + faults.About(faults.BrownOutEveryMilliseconds * 1000000L);
                faults.BrownOuts++;
                BrownOut();
            }
        }
        else if (_flapAt <= now)
        {
            _flapAt = Never;
            if (faults.LinkFlapEveryMilliseconds > 0)
            {
                _flapAt = now + faults.About(faults.LinkFlapEveryMilliseconds * 1000000L);
                faults.LinkFlaps++;
                FlapLink();
            }
        }
        else if (_replugAt <= now)
        {
            _replugAt = Never;
            SetCable(true);
        }
        else if (_floodAt <= now)
        {
            _floodAt = Never;
            if (faults.FloodEveryMicroseconds > 0)
            {
                _floodAt = now + faults.About(faults.FloodEveryMicroseconds * 1000L);
                faults.FloodFrames++;
                _floodFrame ??= new byte[1514];
                Deliver(_floodFrame, 0, faults.MakeFloodFrame(_floodFrame));
            }
        }
        else if (_deathAt <= now)
        {
            _deathAt = Never;
            _dead = faults.DeathAfterMilliseconds > 0;
        }
        else
        {
            return false;
        }

        return true;
    }
}
