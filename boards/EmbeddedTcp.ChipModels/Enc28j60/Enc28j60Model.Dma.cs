namespace EmbeddedTcp.ChipModels.Enc28j60;

// The DMA controller (13.0): copies within the buffer, or sums it up. It and the transmitter share a port, and wait for each other.
public sealed partial class Enc28j60Model
{
    /// <summary>Time per byte: one clock of 25 MHz.</summary>
    public int DmaByteNanoseconds = 40;

    private long _dmaDue = Never;
    private bool _dmaWaits;
    private int _dmaSource;
    private int _dmaTarget;
    private int _dmaCount;

    private bool ChecksumRuns => _dmaDue != Never && (_registers[ECON1] & CSUMEN) != 0;

    private void ResetDma()
    {
        _dmaDue = Never;
        _dmaWaits = false;
        _selfTestDue = Never;
    }

    private void StartDma()
    {
        // 7.1: while TXRTS is set the DMA waits.
        _dmaWaits = (_registers[ECON1] & TXRTS) != 0;
        if (_dmaWaits)
        {
            return;
        }

        bool checksum = (_registers[ECON1] & CSUMEN) != 0;
        if (checksum && (_registers[ECON1] & RXEN) != 0 && Errata.ChecksumAbortsReception != 0)
        {
            Violate("DMA checksum while RXEN is set (DS80349 item 17)");
            _spoiled |= Receiving && Faults.OneIn(Errata.ChecksumAbortsReception);
        }

        _dmaSource = Pair(EDMAST);
        _dmaTarget = Pair(EDMADST);
        _dmaCount = 1;
        int end = Pair(EDMAND);
        int source = _dmaSource;
        if (!checksum && source == end)
        {
            // 13.0, note 2: a single byte cannot be copied; the engine goes round once more.
            Violate("DMA copy of one byte");
            source = NextSource(source);
            _dmaCount++;
        }

        while (source != end)
        {
            source = NextSource(source);
            _dmaCount++;
            if (_dmaCount > 2 * MemoryBytes)
            {
                // 13.0, note 1.
                Violate("DMA whose end cannot be reached");
                return;
            }
        }

        _dmaDue = NowNanoseconds + (long)_dmaCount * DmaByteNanoseconds;
        Reschedule();
    }

    private void CancelDma()
    {
        _dmaDue = Never;
        _dmaWaits = false;
        RaiseFlag(DMAIF);
        DmaReleasesPort();
        Reschedule();
    }

    private void FinishDma()
    {
        _dmaDue = Never;
        if ((_registers[ECON1] & CSUMEN) != 0)
        {
            PutPair(EDMACS, Checksum());
        }
        else
        {
            Copy();
        }

        _registers[ECON1] &= 0xFF ^ DMAST;
        RaiseFlag(DMAIF);
        DmaReleasesPort();
    }

    private void Copy()
    {
        int source = _dmaSource;
        for (int i = 0; i < _dmaCount; i++)
        {
            // Only the source knows the ring (13.1).
            _memory[(_dmaTarget + i) & (MemoryBytes - 1)] = _memory[source];
            source = NextSource(source);
        }
    }

    private int Checksum()
    {
        int source = _dmaSource;
        int sum = 0;
        for (int i = 0; i < _dmaCount; i++)
        {
            sum = AddToSum(sum, i, _memory[source]);
            source = NextSource(source);
        }

        return ~sum & 0xFFFF;
    }

    // 13.2: big-endian words, an odd byte padded with 0, one's complement sum.
    private static int AddToSum(int sum, int index, int value)
    {
        sum += (index & 1) == 0 ? value << 8 : value;
        return (sum & 0xFFFF) + (sum >> 16);
    }

    // The source follows the ring of the receive buffer.
    private int NextSource(int source)
    {
        return source == Pair(ERXND) ? Pair(ERXST) : (source + 1) & (MemoryBytes - 1);
    }
}
