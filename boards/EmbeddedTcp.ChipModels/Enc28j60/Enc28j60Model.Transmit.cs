using System;

namespace EmbeddedTcp.ChipModels.Enc28j60;

// From the transmit buffer to the wire (7.1): attempts, collisions, aborts, the status vector.
public sealed partial class Enc28j60Model
{
    /// <summary>With a duplex mismatch, one frame sent in so many is lost: a late collision in half duplex, silently in full duplex.</summary>
    public int MismatchLosesEvery = 4;

    // What the attempt under way will come to.
    private const int Succeeds = 0;
    private const int Collides = 1;
    private const int CollidesLate = 2;
    private const int IsGiant = 3;
    private const int IsDeferred = 4;

    // Bits of the status vector, Table 7-1.
    private const int VectorDone = 23;
    private const int VectorDeferred = 26;
    private const int VectorExcessiveDefer = 27;
    private const int VectorExcessiveCollisions = 28;
    private const int VectorLateCollision = 29;
    private const int VectorGiant = 30;

    private const long ExcessiveDeferNanoseconds = 2428700;
    private const long SlotNanoseconds = 51200;
    private const long GapOnWireNanoseconds = 9600;

    private long _transmitDue = Never;
    private bool _transmitting;
    private int _outcome;
    private bool _falseCollision;
    private int _attemptBytes;
    private int _collisions;
    private int _wireBytes;
    private bool _deferred;
    private bool _stuck;
    private bool _stalled;

    private bool HalfDuplex => (_registers[MACON3] & FULDPX) == 0;

    private bool DuplexMismatch => HalfDuplex == PhyFullDuplex || PhyFullDuplex != PartnerFullDuplex;

    private void ResetTransmit()
    {
        _transmitDue = Never;
        _transmitting = false;
        _stuck = false;
        _stalled = false;
        _pauseUntil = 0;
        _pauseFrameDue = Never;
    }

    private void StartTransmission()
    {
        CheckTransmitRegion();
        _collisions = 0;
        _wireBytes = 0;
        _deferred = false;
        _stuck = false;
        if ((_registers[ECON1] & TXRST) != 0)
        {
            Violate("TXRTS set while TXRST is set");
            return;
        }

        if (!_running)
        {
            Violate("TXRTS set before the clocks are ready");
            return;
        }

        CheckDuplex();

        // DS80349 item 12, and the fault of the same kind: nothing will come of it.
        if (!_stalled && !Faults.OneIn(Faults.StickEvery))
        {
            Attempt();
        }
    }

    // 3.2.2: the vector is written behind the frame, wherever that is.
    private void CheckTransmitRegion()
    {
        int first = Pair(ETXST);
        int last = Pair(ETXND) + 7;
        if (Pair(ETXND) <= first)
        {
            Violate("ETXND not beyond ETXST");
        }
        else if (first <= Pair(ERXND) && last >= Pair(ERXST))
        {
            Violate("frame or its status vector inside the receive buffer");
        }
    }

    private void Attempt()
    {
        if (_dmaDue != Never)
        {
            // 7.1: goes on in DmaReleasesPort.
            return;
        }

        long busyUntil = _pauseUntil;
        if (HalfDuplex && Receiving)
        {
            busyUntil = _receptionDue + GapOnWireNanoseconds;
            _deferred = true;
        }

        if (busyUntil > NowNanoseconds)
        {
            WaitUntil(busyUntil);
            return;
        }

        int length = Compose();
        long duration = (length + 8) * 800L;
        ChooseOutcome(length);
        switch (_outcome)
        {
            case Collides:
            case CollidesLate:
                duration = (_attemptBytes + 8) * 800L;
                break;
            case IsGiant:
                _attemptBytes = Pair(MAMXFL);
                duration = (_attemptBytes + 8) * 800L;
                break;
            case IsDeferred:
                WaitForMedium();
                return;
            default:
                _attemptBytes = length;
                break;
        }

        _transmitting = true;
        long start = _wireFreeAt > NowNanoseconds ? _wireFreeAt : NowNanoseconds;
        _transmitDue = start + duration;
        _wireFreeAt = _transmitDue + GapOnWireNanoseconds;
        Reschedule();
        if (Faults.FlapsInSend())
        {
            FlapLink();
        }
    }

    private void ChooseOutcome(int length)
    {
        _outcome = Succeeds;
        _falseCollision = false;
        if (_frameIsGiant)
        {
            _outcome = IsGiant;
            return;
        }

        if (!HalfDuplex || length == 0)
        {
            return;
        }

        if (!_deferred && Faults.OneIn(Faults.DeferEvery))
        {
            _outcome = IsDeferred;
            return;
        }

        // The window counts from the start frame delimiter (Register 6-8).
        int window = _registers[MACLCON2] + 1;
        if (Faults.OneIn(Errata.LinkPulseCollides))
        {
            _falseCollision = true;
            _attemptBytes = (int)(Faults.Next() % (uint)length);
            _outcome = _attemptBytes <= window ? Collides : CollidesLate;
        }
        else if (Faults.OneIn(Faults.CollisionEvery))
        {
            _attemptBytes = (int)(Faults.Next() % (uint)window);
            _outcome = Collides;
        }
        else if (length > window
            && (Faults.OneIn(Faults.LateCollisionEvery) || (DuplexMismatch && LinkIsUp && Faults.OneIn(MismatchLosesEvery))))
        {
            _attemptBytes = window + (int)(Faults.Next() % (uint)(length - window));
            _outcome = CollidesLate;
        }
    }

    private void WaitUntil(long moment)
    {
        _transmitting = false;
        _transmitDue = moment;
        Reschedule();
    }

    // Somebody else has the medium. MACON4.DEFER: wait for ever (bit 6).
    private void WaitForMedium()
    {
        _deferred = true;
        long wait = 50000 + Faults.Next() % 3000000;
        if (wait > ExcessiveDeferNanoseconds && (_registers[MACON4] & 0x40) == 0)
        {
            _outcome = IsDeferred;
            _transmitting = true;
            _attemptBytes = 0;
            _transmitDue = NowNanoseconds + ExcessiveDeferNanoseconds;
            Reschedule();
            return;
        }

        WaitUntil(NowNanoseconds + wait);
    }

    private void ContinueTransmission()
    {
        _transmitDue = Never;
        if (!_transmitting)
        {
            Attempt();
            return;
        }

        _transmitting = false;
        _wireBytes += _attemptBytes;
        switch (_outcome)
        {
            case Succeeds:
                PutOnWire();
                EndTransmission(1 << (VectorDone - 16));
                break;
            case Collides:
                Collide();
                break;
            case CollidesLate:
                AbortTransmission(1 << (VectorLateCollision - 16));
                break;
            case IsGiant:
                AbortTransmission(1 << (VectorGiant - 16));
                break;
            default:
                AbortTransmission(1 << (VectorExcessiveDefer - 16));
                break;
        }
    }

    // Binary exponential backoff (IEEE 802.3 4.2.3.2.5), up to MACLCON1.RETMAX retransmissions.
    private void Collide()
    {
        _collisions++;
        if (_collisions > _registers[MACLCON1])
        {
            AbortTransmission(1 << (VectorExcessiveCollisions - 16));
            return;
        }

        int exponent = _collisions < 10 ? _collisions : 10;
        bool noBackoff = (_registers[MACON4] & 0x10) != 0;
        long slots = noBackoff ? 0 : Faults.Next() & ((1u << exponent) - 1);
        WaitUntil(NowNanoseconds + GapOnWireNanoseconds + slots * SlotNanoseconds);
    }

    private void AbortTransmission(int bits)
    {
        bool late = (bits & (1 << (VectorLateCollision - 16))) != 0;
        if (late && !Faults.OneIn(Errata.LateCollisionBitLies))
        {
            _registers[ESTAT] |= LATECOL;
        }

        if (HalfDuplex && !_frameIsGiant)
        {
            _stalled = Faults.OneIn(Errata.AbortStallsTransmit);
        }

        _registers[ESTAT] |= TXABRT;
        if (_falseCollision && late && (Faults.Next() & 1) == 0)
        {
            // DS80349 item 13: TXRTS stays, and no flag comes.
            WriteVector(bits);
            _stuck = true;
            return;
        }

        _registers[EIR] |= TXERIF;
        EndTransmission(bits);
    }

    private void EndTransmission(int bits)
    {
        WriteVector(bits);
        _registers[ECON1] &= 0xFF ^ TXRTS;
        RaiseFlag(TXIF);
        TransmitterReleasesPort();
    }

    // The host clears TXRTS (7.1): the vector is written and TXIF set, as at any other end.
    private void CancelTransmission()
    {
        _transmitDue = Never;
        _transmitting = false;
        _registers[ESTAT] |= TXABRT;
        if (!_stuck)
        {
            WriteVector(0);
        }

        _stuck = false;
        RaiseFlag(TXIF);
        TransmitterReleasesPort();
        Reschedule();
    }

    // 11.3: TXRST aborts and clears TXRTS.
    private void AbortByReset()
    {
        _stalled = false;
        _stuck = false;
        _transmitDue = Never;
        _transmitting = false;
        if ((_registers[ECON1] & TXRTS) != 0)
        {
            _registers[ECON1] &= 0xFF ^ TXRTS;
            _registers[ESTAT] |= TXABRT;
            TransmitterReleasesPort();
        }

        Reschedule();
    }

    // DS80349 item 12: "clearing ECON1.TXRST may cause a new transmit error interrupt event".
    private void LeaveTransmitReset()
    {
        if (Faults.OneIn(Errata.AbortStallsTransmit))
        {
            RaiseFlag(TXERIF);
        }
    }

    private void TransmitterReleasesPort()
    {
        if (_dmaWaits && (_registers[ECON1] & DMAST) != 0)
        {
            StartDma();
        }
    }

    private void DmaReleasesPort()
    {
        if ((_registers[ECON1] & TXRTS) != 0 && _transmitDue == Never && !_stuck && !_stalled)
        {
            Attempt();
        }
    }

    // Table 7-1. The byte counts include padding and FCS [the data sheet does not say].
    private void WriteVector(int bits)
    {
        int type = (_outgoing[12] << 8) | _outgoing[13];
        bits |= _deferred ? 1 << (VectorDeferred - 16) : 0;
        bits |= _collisions & 0x0F;
        bits |= _fcsIsWrong ? 1 << 4 : 0;
        bits |= type > 1500 ? 1 << 6 : (_registers[MACON3] & 0x02) != 0 && type != _frameLength - 18 ? 1 << 5 : 0;
        bits |= IsBroadcast(_outgoing, 0) ? 1 << 9 : (_outgoing[0] & 1) != 0 ? 1 << 8 : 0;
        int control = type == 0x8808 ? 1 : 0;
        control |= control != 0 && IsPause(_outgoing) ? 2 : 0;
        control |= type == 0x8100 ? 8 : 0;
        PutVector(0, _frameLength);
        PutVector(2, bits);
        PutVector(4, _wireBytes);
        _memory[(Pair(ETXND) + 7) & (MemoryBytes - 1)] = (byte)control;
    }

    private void PutVector(int offset, int value)
    {
        int at = Pair(ETXND) + 1 + offset;
        _memory[at & (MemoryBytes - 1)] = (byte)value;
        _memory[(at + 1) & (MemoryBytes - 1)] = (byte)(value >> 8);
    }
}
