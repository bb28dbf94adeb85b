using static EmbeddedTcp.Drivers.W5500.W5500Registers;

namespace EmbeddedTcp.Drivers.W5500;

// The self-test of a fresh chip: is the bus to be trusted at this clock, and does the chip take several accesses in one SPI frame?
public sealed partial class W5500Driver
{
    private const int IdentityReads = 32;

    // The same question many times, and one register whose reset value nobody gets by chance.
    private bool IdentityHolds()
    {
        for (int i = 0; i < IdentityReads; i++)
        {
            int version = ReadByte(BSB_COMMON, VERSIONR);
            int retryTime = ReadWord(BSB_COMMON, RTR);
            if (version != VERSION || retryTime != RTR_RESET_VALUE)
            {
                Error = $"W5500 answers unreliably: read {i + 1} of {IdentityReads} gave VERSIONR {version:X2} (04), "
                    + $"RTR {retryTime:X4} (07D0). Lower the SPI clock, shorten the wires, check ground and 3.3 V.";
                return false;
            }
        }

        return true;
    }

    // A pattern and its complement through the transmit memory, in bursts as long as a frame: start, middle, and
    // across the end, where the address wraps.
    private bool MemoryHolds()
    {
        return PatternHolds(0x0000, 0x00) && PatternHolds(0x1F00, 0xFF) && PatternHolds(0x3D00, 0x5A);
    }

    private bool PatternHolds(int offset, int salt)
    {
        // TxBuffer and RxBuffer stay untouched: the engine may have a frame in either.
        byte[] bytes = _sink;
        int count = MaxFrameLength;
        bytes[0] = (byte)(offset >> 8);
        bytes[1] = (byte)offset;
        bytes[2] = BSB_S0_TX_BUFFER | RWB_WRITE;
        int noise = offset | 1;
        for (int i = FrameHeader; i < FrameHeader + count; i++)
        {
            noise = NextNoise(noise);
            bytes[i] = (byte)(noise ^ salt);
        }

        _bus.Transfer(bytes, bytes, FrameHeader + count);
        bytes[0] = (byte)(offset >> 8);
        bytes[1] = (byte)offset;
        bytes[2] = BSB_S0_TX_BUFFER;
        _bus.Transfer(bytes, bytes, FrameHeader + count);
        int wrong = 0;
        int first = 0;
        int wanted = 0;
        noise = offset | 1;
        for (int i = FrameHeader; i < FrameHeader + count; i++)
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

        Error = $"W5500 self-test: {wrong} of {count} bytes came back wrong from its memory, the first at "
            + $"{offset + first - FrameHeader:X4}: wrote {wanted:X2}, read {bytes[first]:X2}. "
            + "Lower the SPI clock, shorten the wires, check ground and 3.3 V.";
        return false;
    }

    // A 16-bit Galois register: every bit toggles against every neighbour.
    private static int NextNoise(int noise)
    {
        return (noise & 1) != 0 ? (noise >> 1) ^ 0xB400 : noise >> 1;
    }

    // Writes and reads of all three fixed lengths, and a last one of variable length, inside one chip-select frame.
    // GAR, RTR and RCR serve the hardware sockets only. What the chain did is then read back one by one.
    private bool TryChains()
    {
        byte[] chain =
        {
            0, GAR, BSB_COMMON | RWB_WRITE | OM_FDM_4, 0xA5, 0x3C, 0x00, 0xFF,
            0, RTR, BSB_COMMON | RWB_WRITE | OM_FDM_2, 0x69, 0x96,
            0, RCR, BSB_COMMON | RWB_WRITE | OM_FDM_1, 0x5A,
            0, GAR, BSB_COMMON | OM_FDM_4, 0, 0, 0, 0,
            0, RTR, BSB_COMMON | OM_FDM_2, 0, 0,
            0, RCR, BSB_COMMON | OM_VDM, 0,
        };
        byte[] answer = _answer;
        _bus.Transfer(chain, answer, chain.Length);
        bool good = answer[19] == 0xA5 && answer[20] == 0x3C && answer[21] == 0x00 && answer[22] == 0xFF
            && answer[26] == 0x69 && answer[27] == 0x96 && answer[31] == 0x5A;
        ReadBlock(BSB_COMMON, GAR, 4);
        good &= answer[3] == 0xA5 && answer[4] == 0x3C && answer[5] == 0x00 && answer[6] == 0xFF;
        good &= ReadWord(BSB_COMMON, RTR) == 0x6996 && ReadByte(BSB_COMMON, RCR) == 0x5A;
        if (good)
        {
            WriteWord(BSB_COMMON, GAR, 0);
            WriteWord(BSB_COMMON, GAR + 2, 0);
            WriteWord(BSB_COMMON, RTR, RTR_RESET_VALUE);
            WriteByte(BSB_COMMON, RCR, 8);
        }

        ChooseChains(good);
        return good;
    }
}
