namespace EmbeddedTcp.ChipModels.Enc28j60;

// EIR, EIE, ESTAT.INT and the pin (12.0).
public sealed partial class Enc28j60Model
{
    // EIR as the master reads it.
    private int ReadFlags()
    {
        int flags = _registers[EIR] | LinkFlag();
        if (_registers[EPKTCNT] != 0 && !Faults.OneIn(Errata.PacketFlagLies))
        {
            flags |= PKTIF;
        }

        return flags;
    }

    private void WriteFlags(int value)
    {
        _registers[EIR] = (byte)value;
        UpdateInterrupt();
    }

    private void RaiseFlag(int flag)
    {
        _registers[EIR] |= (byte)flag;
        UpdateInterrupt();
    }

    // Flags whose interrupt is enabled. Here PKTIF is right always: DS80349 item 6 leaves the pin alone.
    private int PendingInterrupts()
    {
        int flags = _registers[EIR] | LinkFlag() | (_registers[EPKTCNT] != 0 ? PKTIF : 0);
        return flags & _registers[EIE] & 0x7F;
    }

    private void UpdateInterrupt()
    {
        InterruptLine = PendingInterrupts() != 0 && (_registers[EIE] & INTIE) != 0;
    }
}
