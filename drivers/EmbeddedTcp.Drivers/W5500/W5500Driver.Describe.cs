using static EmbeddedTcp.Drivers.W5500.W5500Registers;

namespace EmbeddedTcp.Drivers.W5500;

// The chip for the console: decoded registers and the driver's counters, no line longer than 80 columns.
public sealed partial class W5500Driver
{
    /// <inheritdoc/>
    public override string Describe()
    {
        if (!_opened)
        {
            return "W5500, not opened";
        }

        byte[] a = _answer;
        ReadBlock(BSB_COMMON, MR, VERSIONR + 1);
        int phy = a[FrameHeader + PHYCFGR];
        string common = $"W5500 VERSIONR {a[FrameHeader + VERSIONR]:X2}, {_bus.ClockText(_firstClockHz)}, "
            + $"{(_chained ? "accesses chained" : "one frame for each access")}\n"
            + $"  MR {a[FrameHeader + MR]:X2}, SHAR {a[12]:X2}:{a[13]:X2}:{a[14]:X2}:{a[15]:X2}:{a[16]:X2}:{a[17]:X2}, "
            + $"PHYCFGR {phy:X2}: {LinkName(phy)}\n"
            + $"  IR {a[FrameHeader + IR]:X2} IMR {a[FrameHeader + IMR]:X2} SIR {a[FrameHeader + SIR]:X2} "
            + $"SIMR {a[FrameHeader + SIMR]:X2} INTLEVEL {a[FrameHeader + INTLEVEL]:X2}{a[FrameHeader + INTLEVEL + 1]:X2}, "
            + $"INT line {(_bus.InterruptAsserted() ? "low or not wired" : "high")}{(_ignoreInterrupt ? ", ignored" : "")}\n";
        ReadBlock(BSB_S0_REGISTER, Sn_MR, Sn_IMR + 1);
        int mode = a[FrameHeader + Sn_MR];
        int interrupts = a[FrameHeader + Sn_IR];
        int state = a[FrameHeader + Sn_SR];
        return common
            + $"  S0_MR {mode:X2}: {ModeName(mode)}, S0_SR {state:X2}: {StateName(state)}\n"
            + $"  S0_CR {a[FrameHeader + Sn_CR]:X2} S0_IR {interrupts:X2} S0_IMR {a[FrameHeader + Sn_IMR]:X2}"
            + $"{((interrupts & Sn_IR_SENDOK) != 0 ? " SENDOK" : "")}{((interrupts & Sn_IR_RECV) != 0 ? " RECV" : "")}\n"
            + $"  RX {a[FrameHeader + Sn_RXBUF_SIZE]} KB: RSR {Word(Sn_RX_RSR):X4} RD {Word(Sn_RX_RD):X4} "
            + $"WR {Word(Sn_RX_WR):X4}, in the driver {_batchEnd - _nextFrame} bytes\n"
            + $"  TX {a[FrameHeader + Sn_TXBUF_SIZE]} KB: FSR {Word(Sn_TX_FSR):X4} RD {Word(Sn_TX_RD):X4} "
            + $"WR {Word(Sn_TX_WR):X4}{(_inFlight ? ", frame under way" : "")}\n"
            + $"  received {FramesReceived}, errors {ReceiveErrors}: bad lengths {BadLengths}, oversize {OversizeFrames}\n"
            + $"  sent {FramesSent}, errors {SendErrors}: timeouts {SendTimeouts}, no SENDOK {MissingSendOks},\n"
            + $"    without link {SendsWithoutLink}; refused {SendRefusals}, link changes {LinkChanges}\n"
            + $"  torn reads {TornReads}, rereads {Rereads}, pointer mismatches {PointerMismatches},\n"
            + $"    lost commands {LostCommands}, command timeouts {CommandTimeouts}, lost sockets {SocketLosses}\n"
            + $"  recovery: repeats {Repeats}, skips {Skips}, re-opens {Reopens}, resets {Resets} ({ResetFailures} failed),\n"
            + $"    SPI clock halved {ClockStepDowns} times";
    }

    private int Word(int offset)
    {
        return (_answer[FrameHeader + offset] << 8) | _answer[FrameHeader + offset + 1];
    }

    private static string LinkName(int phy)
    {
        if ((phy & PHYCFGR_LNK) == 0)
        {
            return "no link";
        }

        return ((phy & PHYCFGR_SPD) != 0 ? "100" : "10")
            + ((phy & PHYCFGR_DPX) != 0 ? " Mbit/s, full duplex" : " Mbit/s, half duplex");
    }

    private static string ModeName(int mode)
    {
        return ((mode & 0x0F) == Sn_MR_MACRAW ? "MACRAW" : "not MACRAW")
            + ((mode & Sn_MR_MFEN) != 0 ? " MFEN" : "")
            + ((mode & Sn_MR_MMB) != 0 ? " MMB" : "")
            + ((mode & Sn_MR_MIP6B) != 0 ? " MIP6B" : "");
    }

    private static string StateName(int state)
    {
        return state switch
        {
            SOCK_CLOSED => "SOCK_CLOSED",
            SOCK_MACRAW => "SOCK_MACRAW",
            _ => "unexpected",
        };
    }
}
