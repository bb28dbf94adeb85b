using System;

namespace EmbeddedTcp.ChipModels.W5500;

// Common registers (data sheet 4.1), the memory blocks, and the interrupt pin.
public sealed partial class W5500Model
{
    private const int MemoryBytes = 16384;
    private const int CommonBytes = 0x3A;

    private readonly byte[] _common = new byte[CommonBytes];
    private readonly byte[] _txMemory = new byte[MemoryBytes];
    private readonly byte[] _rxMemory = new byte[MemoryBytes];

    private long _interruptDue = Never;
    private long _interruptReleasedAt = long.MinValue / 2;

    /// <summary>Reads a register or memory byte past the bus, as a test's microscope.</summary>
    /// <param name="block">Block select bits, 0 to 31.</param>
    /// <param name="address">Offset in the block.</param>
    /// <returns>The byte.</returns>
    public int Peek(int block, int address)
    {
        return Read(block, address);
    }

    private void ResetRegisters()
    {
        Array.Clear(_common, 0, CommonBytes);
        _common[0x19] = 0x07;   // RTR
        _common[0x1A] = 0xD0;
        _common[0x1B] = 0x08;   // RCR
        _common[0x1C] = 0x28;   // PTIMER
        _common[0x26] = 0xFF;   // PMRU
        _common[0x27] = 0xFF;
        _softResetEndsAt = Never;
        InterruptLine = false;
        _interruptDue = Never;
        _interruptReleasedAt = long.MinValue / 2;
        ResetSockets();
        Reschedule();
    }

    private int Read(int block, int address)
    {
        if (block == 0)
        {
            return ReadCommon(address);
        }

        int socket = block >> 2;
        switch (block & 3)
        {
            case 1:
                return ReadSocket(socket, address);
            case 2:
                return _txSize[socket] == 0 ? 0 : _txMemory[Physical(_txBase, _txSize, socket, address)];
            case 3:
                return _rxSize[socket] == 0 ? 0 : _rxMemory[Physical(_rxBase, _rxSize, socket, address)];
            default:
                return 0;
        }
    }

    private void Write(int block, int address, int value)
    {
        if (_softResetEndsAt != Never)
        {
            Violate("write while MR.RST is set");
            return;
        }

        if (block == 0)
        {
            WriteCommon(address, value);
            return;
        }

        int socket = block >> 2;
        switch (block & 3)
        {
            case 1:
                WriteSocket(socket, address, value);
                break;
            case 2:
                if (_txSize[socket] != 0)
                {
                    _txMemory[Physical(_txBase, _txSize, socket, address)] = (byte)value;
                }

                break;
            case 3:
                Violate("write to receive memory");
                break;
        }
    }

    private int ReadCommon(int address)
    {
        switch (address)
        {
            case 0x17:
                return SocketInterrupts();
            case 0x2E:
                return PhyConfiguration();
            case 0x39:
                return NowNanoseconds < _versionAt ? 0 : Faults.Revision >= 0 ? Faults.Revision : 4;
        }

        if (address < CommonBytes)
        {
            return _common[address];
        }

        Violate("read of a reserved common register");
        return 0;
    }

    private void WriteCommon(int address, int value)
    {
        if (address >= CommonBytes || (address > 0x2E && address < 0x39))
        {
            Violate("write to a reserved common register");
            return;
        }

        switch (address)
        {
            case 0x00:
                _common[0] = (byte)value;
                if ((value & 0x80) != 0)
                {
                    SoftReset();
                }

                break;
            case 0x15:
                // IR: a written 1 clears.
                int cleared = _common[0x15] & value;
                _common[0x15] = (byte)(_common[0x15] & ~value);
                UpdateInterrupt(cleared != 0);
                break;
            case 0x17:  // SIR follows the sockets' registers.
            case 0x28:  // UIPR and UPORTR tell of an unreachable destination.
            case 0x29:
            case 0x2A:
            case 0x2B:
            case 0x2C:
            case 0x2D:
            case 0x39:  // VERSIONR
                break;
            case 0x2E:
                WritePhyConfiguration(value);
                break;
            default:
                _common[address] = (byte)value;
                UpdateInterrupt(false);
                break;
        }
    }

    // MR.RST: "all internal registers will be initialized. It will be automatically cleared after reset." The PHY is
    // not said to take part, and keeps its link here.
    private void SoftReset()
    {
        ResetRegisters();
        _common[0] = 0x80;
        _softResetEndsAt = NowNanoseconds + SoftResetNanoseconds;
        _versionAt = _softResetEndsAt + Faults.SlowResetMilliseconds * 1000000L;
        Reschedule();
    }

    // SIR: bit n while Sn_IR and Sn_IMR have a bit in common.
    private int SocketInterrupts()
    {
        int sir = 0;
        for (int socket = 0; socket < Sockets; socket++)
        {
            if ((_sockets[socket * SocketBytes + 0x02] & _sockets[socket * SocketBytes + 0x2C]) != 0)
            {
                sir |= 1 << socket;
            }
        }

        return sir;
    }

    // INTn is low while an unmasked interrupt is pending. After it was released, or one of several interrupts was
    // cleared, it stays high for IAWT = (INTLEVEL + 1) x 4 clocks of the 150 MHz PLL, unless INTLEVEL is 0.
    private void UpdateInterrupt(bool cleared)
    {
        int level = (_common[0x13] << 8) | _common[0x14];
        bool pending = (SocketInterrupts() & _common[0x18]) != 0 || (_common[0x15] & _common[0x16]) != 0;
        if (InterruptLine && (!pending || (cleared && level != 0)))
        {
            InterruptLine = false;
            _interruptReleasedAt = NowNanoseconds;
        }

        if (!pending)
        {
            _interruptDue = Never;
        }
        else if (!InterruptLine && _interruptDue == Never)
        {
            long due = level == 0 ? NowNanoseconds : _interruptReleasedAt + (level + 1) * 80L / 3;
            if (due <= NowNanoseconds)
            {
                InterruptLine = true;
            }
            else
            {
                _interruptDue = due;
            }
        }

        Reschedule();
    }
}
