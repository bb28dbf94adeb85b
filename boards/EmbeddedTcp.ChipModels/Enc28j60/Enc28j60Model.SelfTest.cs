namespace EmbeddedTcp.ChipModels.Enc28j60;

// The built-in self-test controller (15.0): fills the buffer with a pattern and sums up what it wrote.
public sealed partial class Enc28j60Model
{
    private const int BISTST = 0x01;
    private const int TME = 0x02;

    private long _selfTestDue = Never;

    private void WriteSelfTest(int old, int value)
    {
        _registers[EBSTCON] = (byte)value;
        if ((value & ~old & BISTST) == 0)
        {
            return;
        }

        if ((value & TME) == 0)
        {
            Violate("BISTST set without TME");
            _registers[EBSTCON] &= 0xFF ^ BISTST;
            return;
        }

        if ((_registers[ECON1] & (RXEN | TXRTS)) != 0)
        {
            Violate("self-test while RXEN or TXRTS is set");
        }

        FillMemory(value);
        int sum = 0;
        for (int address = 0; address < MemoryBytes; address++)
        {
            sum = AddToSum(sum, address, _memory[address]);
        }

        PutPair(EBSTCS, ~sum & 0xFFFF);
        _selfTestDue = NowNanoseconds + (long)MemoryBytes * DmaByteNanoseconds;
        Reschedule();
    }

    private void FinishSelfTest()
    {
        _selfTestDue = Never;
        _registers[EBSTCON] &= 0xFF ^ BISTST;
    }

    // TMSEL: 00 and 11 pseudo-random data from the seed, 01 the address' low byte, 10 the seed rotated by PSV at each step.
    private void FillMemory(int control)
    {
        int data = _registers[EBSTSD];
        int shift = control >> 5;
        for (int address = 0; address < MemoryBytes; address++)
        {
            switch ((control >> 2) & 3)
            {
                case 1:
                    _memory[address] = (byte)address;
                    break;
                case 2:
                    _memory[address] = (byte)data;
                    data = ((data << shift) | (data >> (8 - shift))) & 0xFF;
                    break;
                default:
                    // A shift register of eight bits with the taps 8, 6, 5, 4; the chip's own is not documented.
                    _memory[address] = (byte)data;
                    int bit = (data ^ (data >> 2) ^ (data >> 3) ^ (data >> 4)) & 1;
                    data = (data >> 1) | (bit << 7);
                    break;
            }
        }
    }
}
