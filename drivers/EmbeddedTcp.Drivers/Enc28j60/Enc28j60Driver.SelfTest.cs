using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// The self-test of a fresh chip, before anything is configured: is the bus to be trusted at this clock?
public sealed partial class Enc28j60Driver
{
    private const int IdentityReads = 32;
    private const int SteadyReads = 8;

    private bool IsSteady(int revision)
    {
        for (int i = 0; i < SteadyReads; i++)
        {
            if (Read(EREVID) != revision || Read(ECON2) != ECON2_RESET_VALUE)
            {
                return false;
            }
        }

        return true;
    }

    // The same questions many times, over banks 0 and 3, and of the PHY's identifier through the MII.
    private bool IdentityHolds()
    {
        for (int i = 0; i < IdentityReads; i++)
        {
            int revision = Read(EREVID);
            int pointer = ReadPair(ERDPTL);
            if (revision != _revision || pointer != ERDPT_RESET_VALUE)
            {
                Error = $"ENC28J60 answers unreliably: read {i + 1} of {IdentityReads} gave EREVID {revision:X2} ({_revision:X2}), "
                    + $"ERDPT {pointer:X4} (05FA). " + WiringAdvice;
                return false;
            }
        }

        int id1 = ReadPhy(PHID1);
        int id2 = ReadPhy(PHID2);
        if (id1 != PHID1_VALUE || (id2 & PHID2_MASK) != PHID2_VALUE)
        {
            Error = $"ENC28J60 answers unreliably: PHID1 reads {id1 & 0xFFFF:X4} (0083), PHID2 {id2 & 0xFFFF:X4} (1400). " + WiringAdvice;
            return false;
        }

        return true;
    }

    // Patterns through the memory, in bursts as long as a frame: start, middle, and up to the end.
    private bool MemoryHolds()
    {
        return PatternHolds(0x0000, 0x00) && PatternHolds(0x0D00, 0xFF) && PatternHolds(TxStart, 0x5A);
    }

    private bool PatternHolds(int address, int salt)
    {
        // TxBuffer and RxBuffer stay untouched: the engine may have a frame in either.
        byte[] bytes = _sink;
        int count = MaxFrameLength;
        int noise = address | 1;
        bytes[0] = WBM;
        for (int i = 1; i <= count; i++)
        {
            noise = NextNoise(noise);
            bytes[i] = (byte)(noise ^ salt);
        }

        SeekWrite(address);
        _bus.Transfer(bytes, bytes, 1 + count);
        _ewrpt = -1;
        SeekRead(address);
        bytes[0] = RBM;
        _bus.Transfer(bytes, bytes, 1 + count);
        _erdpt = -1;
        int wrong = 0;
        int first = 0;
        int wanted = 0;
        noise = address | 1;
        for (int i = 1; i <= count; i++)
        {
            noise = NextNoise(noise);
            if (bytes[i] != (byte)(noise ^ salt))
            {
                if (wrong == 0)
                {
                    first = i;
                    wanted = (noise ^ salt) & 0xFF;
                }

                wrong++;
            }
        }

        if (wrong == 0)
        {
            return true;
        }

        Error = $"ENC28J60 self-test: {wrong} of {count} bytes came back wrong from its memory, the first at "
            + $"{address + first - 1:X4}: wrote {wanted:X2}, read {bytes[first]:X2}. Lower the SPI clock. " + WiringAdvice;
        return false;
    }

    // A 16-bit Galois register: every bit toggles against every neighbour.
    private static int NextNoise(int noise)
    {
        return (noise & 1) != 0 ? (noise >> 1) ^ 0xB400 : noise >> 1;
    }
}
