using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// The chip for the console: decoded registers and the driver's counters, no line longer than 80 columns.
public sealed partial class Enc28j60Driver
{
    /// <inheritdoc/>
    public override string Describe()
    {
        if (!_opened)
        {
            return "ENC28J60, not opened";
        }

        int revision = Read(EREVID);
        return $"ENC28J60 {RevisionName(revision)} (EREVID {revision:X2}), {_bus.ClockText(_firstClockHz)}, "
            + $"{(FullDuplex ? "full" : "half")} duplex\n"
            + $"  MAADR {Read(MAADR1):X2}:{Read(MAADR2):X2}:{Read(MAADR3):X2}:{Read(MAADR4):X2}:{Read(MAADR5):X2}:{Read(MAADR6):X2}, "
            + $"PHSTAT2 {ReadPhy(PHSTAT2) & 0xFFFF:X4}: {(_linkUp ? "10 Mbit/s" : "no link")}\n"
            + $"  MACON1 {Read(MACON1):X2} MACON3 {Read(MACON3):X2} MACON4 {Read(MACON4):X2} "
            + $"PHCON1 {ReadPhy(PHCON1) & 0xFFFF:X4} PHCON2 {ReadPhy(PHCON2) & 0xFFFF:X4}\n"
            + $"  ECON1 {Read(ECON1):X2} ECON2 {Read(ECON2):X2} ESTAT {Read(ESTAT):X2} EIR {Read(EIR):X2} EIE {Read(EIE):X2}, "
            + $"INT line {(_bus.InterruptAsserted() ? "low or not wired" : "high")}{(_ignoreInterrupt ? ", ignored" : "")}\n"
            + $"  RX {ReadPair(ERXSTL):X4}-{ReadPair(ERXNDL):X4}: ERXFCON {Read(ERXFCON):X2} EPKTCNT {Read(EPKTCNT)} "
            + $"ERXRDPT {ReadPair(ERXRDPTL):X4} ERXWRPT {ReadPair(ERXWRPTL):X4}\n"
            + $"  TX {ReadPair(ETXSTL):X4}-{ReadPair(ETXNDL):X4}{(_inFlight ? ", frame under way" : "")}\n"
            + DescribeCounters();
    }

    private string DescribeCounters()
    {
        return $"  received {FramesReceived}, errors {ReceiveErrors}: bad headers {BadHeaders}, bad frames {BadFrames},\n"
            + $"    overflows {Overflows}\n"
            + $"  sent {FramesSent}, errors {SendErrors}: aborts {SendAborts}, without link {SendsWithoutLink};\n"
            + $"    late collisions {LateCollisions}, timeouts {SendTimeouts}, refused {SendRefusals}\n"
            + $"  rereads {Rereads}, pointer mismatches {PointerMismatches}, bank mismatches {BankMismatches},\n"
            + $"    lost configurations {ConfigurationLosses}, silences {Silences}, link changes {LinkChanges}\n"
            + $"  recovery: receiver restarts {ReceiverRestarts}, transmitter restarts {TransmitterRestarts},\n"
            + $"    resets {Resets} ({ResetFailures} failed), SPI clock halved {ClockStepDowns} times";
    }

    private static string RevisionName(int revision)
    {
        return revision switch
        {
            REVISION_B1 => "B1",
            REVISION_B4 => "B4",
            REVISION_B5 => "B5",
            REVISION_B7 => "B7",
            _ => "of unknown revision",
        };
    }
}
