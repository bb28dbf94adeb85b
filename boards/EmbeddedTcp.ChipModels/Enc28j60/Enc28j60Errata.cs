namespace EmbeddedTcp.ChipModels.Enc28j60;

/// <summary>
/// The errata of the ENC28J60 (DS80349C) that a driver can meet, each a switch: 0 is off, 1 is always, N is one time in N.
/// </summary>
public sealed class Enc28j60Errata
{
    /// <summary>EREVID of silicon revision B1.</summary>
    public const int B1 = 0x02;

    /// <summary>EREVID of silicon revision B4.</summary>
    public const int B4 = 0x04;

    /// <summary>EREVID of silicon revision B5.</summary>
    public const int B5 = 0x05;

    /// <summary>EREVID of silicon revision B7.</summary>
    public const int B7 = 0x06;

    /// <summary>Item 1: MAC registers are read and written wrongly while the SPI clock is below 8 MHz.</summary>
    public int SlowClockGarblesMac;

    /// <summary>Item 2: a reset other than that of the supply leaves ESTAT.CLKRDY as it was, and the PHY takes 1 ms.</summary>
    public int ResetKeepsClockReady;

    /// <summary>Item 5: writing ERXST or ERXND sets the receive write pointer to 0 and not to ERXST.</summary>
    public int WritePointerLoadsZero;

    /// <summary>Item 6: EIR.PKTIF reads 0 although packets are pending; the INT pin is right.</summary>
    public int PacketFlagLies;

    /// <summary>Item 9: what the half-duplex loopback brings back is damaged.</summary>
    public int HalfDuplexLoopbackFails;

    /// <summary>Item 10: what the full-duplex loopback brings back is damaged.</summary>
    public int FullDuplexLoopbackFails;

    /// <summary>Item 12: an aborted transmission stalls the transmit logic until it is reset.</summary>
    public int AbortStallsTransmit;

    /// <summary>
    /// Item 13: the link pulse of certain partners is taken for a collision in the middle of a frame in half duplex. Off unless
    /// switched on, since it takes such a partner.
    /// </summary>
    public int LinkPulseCollides;

    /// <summary>Item 14: an even ERXRDPT corrupts the receive buffer.</summary>
    public int EvenReadPointerCorrupts;

    /// <summary>Item 15: ESTAT.LATECOL stays clear after a late collision.</summary>
    public int LateCollisionBitLies;

    /// <summary>Item 16: the polarity of the LED on LEDB is misjudged at reset, and PHCON1.PDPXMD with it.</summary>
    public int LedPolarityMisread;

    /// <summary>Item 17: a DMA checksum aborts the packet that is being received.</summary>
    public int ChecksumAbortsReception;

    /// <summary>Item 18: the pattern match filter lets packets pass that do not match.</summary>
    public int PatternFilterLeaks;

    /// <summary>Item 19: the System Reset Command is ignored in power save.</summary>
    public int PowerSaveIgnoresReset;

    /// <summary>Sets the switches as they are in a silicon revision. What comes by chance comes one time in four.</summary>
    /// <param name="erevid">EREVID of the revision: <see cref="B1"/> to <see cref="B7"/>.</param>
    public void SetRevision(int erevid)
    {
        bool early = erevid == B1 || erevid == B4;
        SlowClockGarblesMac = early ? 4 : 0;
        ResetKeepsClockReady = 1;
        WritePointerLoadsZero = 1;
        PacketFlagLies = 4;
        HalfDuplexLoopbackFails = 4;
        FullDuplexLoopbackFails = 4;
        AbortStallsTransmit = 4;
        LinkPulseCollides = 0;
        EvenReadPointerCorrupts = 4;
        LateCollisionBitLies = 1;
        LedPolarityMisread = 4;
        ChecksumAbortsReception = 1;
        PatternFilterLeaks = 4;
        PowerSaveIgnoresReset = 1;
    }

    /// <summary>Switches all off: the chip as the data sheet has it.</summary>
    public void Clear()
    {
        for (int item = 1; item <= 19; item++)
        {
            Set(item, 0);
        }
    }

    /// <summary>Sets a switch by the number of its item, as an option of a command line would.</summary>
    /// <param name="item">The item's number in DS80349C.</param>
    /// <param name="value">0 for off, 1 for always, N for one time in N.</param>
    /// <returns>False when no driver can meet an item of that number.</returns>
    public bool Set(int item, int value)
    {
        switch (item)
        {
            case 1:
                SlowClockGarblesMac = value;
                return true;
            case 2:
                ResetKeepsClockReady = value;
                return true;
            case 5:
                WritePointerLoadsZero = value;
                return true;
            case 6:
                PacketFlagLies = value;
                return true;
            case 9:
                HalfDuplexLoopbackFails = value;
                return true;
            case 10:
                FullDuplexLoopbackFails = value;
                return true;
            case 12:
                AbortStallsTransmit = value;
                return true;
            case 13:
                LinkPulseCollides = value;
                return true;
            case 14:
                EvenReadPointerCorrupts = value;
                return true;
            case 15:
                LateCollisionBitLies = value;
                return true;
            case 16:
                LedPolarityMisread = value;
                return true;
            case 17:
                ChecksumAbortsReception = value;
                return true;
            case 18:
                PatternFilterLeaks = value;
                return true;
            case 19:
                PowerSaveIgnoresReset = value;
                return true;
            default:
                return false;
        }
    }
}
