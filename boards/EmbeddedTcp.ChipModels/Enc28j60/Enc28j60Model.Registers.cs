namespace EmbeddedTcp.ChipModels.Enc28j60;

// The control registers (3.1) and the buffer memory (3.2) as the SPI sees them.
public sealed partial class Enc28j60Model
{
    /// <summary>What BFS and BFC do to a MAC or MII register, on which the data sheet forbids them.</summary>
    public MacBitFields BitFieldsOnMac = MacBitFields.Obeyed;

    private const int MemoryBytes = 8192;

    private readonly byte[] _registers = new byte[128];
    private readonly byte[] _memory = new byte[MemoryBytes];

    /// <summary>Reads a register past the bus, as a test's microscope.</summary>
    /// <param name="bank">0 to 3.</param>
    /// <param name="address">0x00 to 0x1F.</param>
    /// <returns>What RCR would bring, without its side effects.</returns>
    public int Peek(int bank, int address)
    {
        return ReadRegister(address >= EIE ? address : (bank << 5) | address);
    }

    /// <summary>Reads the buffer memory past the bus.</summary>
    /// <param name="address">0x0000 to 0x1FFF.</param>
    /// <returns>The byte.</returns>
    public int PeekMemory(int address)
    {
        return _memory[address & (MemoryBytes - 1)];
    }

    private int Pair(int register)
    {
        return _registers[register] | (_registers[register + 1] << 8);
    }

    private void PutPair(int register, int value)
    {
        _registers[register] = (byte)value;
        _registers[register + 1] = (byte)(value >> 8);
    }

    private int ReadRegister(int register)
    {
        switch (register)
        {
            case ERXWRPT:
                return _writePointer & 0xFF;
            case ERXWRPT + 1:
                return _writePointer >> 8;
            case EIR:
                return ReadFlags();
            case ESTAT:
                return _registers[ESTAT] | (PendingInterrupts() != 0 ? INT : 0) | (Receiving ? RXBUSY : 0) | (_clockReady ? CLKRDY : 0);
            case EREVID:
                return Faults.Revision >= 0 ? Faults.Revision : Revision;
            case MISTAT:
                return ReadMiiStatus();
            case EFLOCON:
                // FULDPXS, read-only: the MAC's duplex.
                return _registers[EFLOCON] | ((_registers[MACON3] & FULDPX) != 0 ? 4 : 0);
            default:
                return _registers[register];
        }
    }

    // A MAC or MII register, with what stands between it and the master.
    private int ReadMac(int register)
    {
        if (!MacAnswers(register))
        {
            return 0;
        }

        if ((register == MIRD || register == MIRD + 1) && _miiDue != Never && !_scanning)
        {
            Violate("MIRD read while MISTAT.BUSY");
        }

        int value = ReadRegister(register);
        return GarblesMac() ? value ^ (int)(Faults.Next() & 0xFF) : value;
    }

    // 2.2 and 14: no MAC, MII or PHY register without their clocks.
    private bool MacAnswers(int register)
    {
        if (!_running)
        {
            Violate($"{NameOf(register)} before the clocks are ready");
            return false;
        }

        if ((_registers[ECON2] & PWRSV) != 0)
        {
            Violate($"{NameOf(register)} in power save");
            return false;
        }

        return true;
    }

    // DS80349 item 1.
    private bool GarblesMac()
    {
        if (Errata.SlowClockGarblesMac == 0 || ClockHz >= 8000000)
        {
            return false;
        }

        Violate("MAC or MII access below 8 MHz (DS80349 item 1)");
        return Faults.OneIn(Errata.SlowClockGarblesMac);
    }

    private void TakeRegisterByte(int data)
    {
        int register = _register;
        if (!IsMac(register))
        {
            WriteRegister(register, Combine(register, data, _command));
            return;
        }

        if (!MacAnswers(register) || GarblesMac())
        {
            return;
        }

        int command = _command;
        if (command != WriteControl)
        {
            Violate($"BFS or BFC on {NameOf(register)}");
            if (BitFieldsOnMac == MacBitFields.Ignored)
            {
                return;
            }

            command = BitFieldsOnMac == MacBitFields.TakenForWrite ? WriteControl : command;
        }

        WriteMac(register, Combine(register, data, command));
    }

    private int Combine(int register, int data, int command)
    {
        int old = _registers[register];
        int mask = Writable[register];
        return command switch
        {
            SetBits => old | (data & mask),
            ClearBits => old & ~(data & mask),
            _ => (old & ~mask) | (data & mask),
        };
    }

    // RBM: with AUTOINC the pointer follows the receive buffer's ring, and that of the memory (4.2.2).
    private void StepReadPointer()
    {
        if ((_registers[ECON2] & AUTOINC) != 0)
        {
            int at = Pair(ERDPT);
            PutPair(ERDPT, at == Pair(ERXND) ? Pair(ERXST) : (at + 1) & (MemoryBytes - 1));
        }
    }

    // WBM: the pointer wraps only at the end of the memory (3.2.3).
    private void StepWritePointer(int count)
    {
        if ((_registers[ECON2] & AUTOINC) != 0)
        {
            PutPair(EWRPT, (Pair(EWRPT) + count) & (MemoryBytes - 1));
        }
    }
}

/// <summary>What a bit-field command does where the data sheet forbids it.</summary>
public enum MacBitFields
{
    /// <summary>It works, as EtherCard and UIPEthernet find on silicon.</summary>
    Obeyed,

    /// <summary>Nothing happens.</summary>
    Ignored,

    /// <summary>The data byte is written as it is.</summary>
    TakenForWrite,
}
