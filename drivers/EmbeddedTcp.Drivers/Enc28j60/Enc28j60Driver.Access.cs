using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// Register access. One register, one chip-select frame: that is how this chip speaks. What can be saved are bank changes,
// pointers that stand where they shall be already, and bytes that have not changed; so the driver remembers all three.
public sealed partial class Enc28j60Driver
{
    // Where ECON1.BSEL, ERDPT and EWRPT are, and what ETXND holds; -1 when nobody knows.
    private int _bank;
    private int _erdpt;
    private int _ewrpt;
    private int _etxnd;

    private void ForgetRegisters()
    {
        _bank = 0;
        _erdpt = -1;
        _ewrpt = -1;
        _etxnd = -1;
    }

    private int Read(int register)
    {
        int address = register & AddressMask;
        if (address < FirstCommon)
        {
            SelectBank((register >> BankShift) & BankMask);
        }

        // Section 4.2.1: MAC and MII registers shift out a dummy byte first.
        int count = register >= MacOrMii ? 3 : 2;
        _command[0] = (byte)(RCR | address);
        _bus.Transfer(_command, _answer, count);
        return _answer[count - 1];
    }

    private int ReadPair(int lowRegister)
    {
        int low = Read(lowRegister);
        return (Read(lowRegister + 1) << 8) | low;
    }

    private void Write(int register, int value)
    {
        int address = register & AddressMask;
        if (address < FirstCommon)
        {
            SelectBank((register >> BankShift) & BankMask);
        }

        Operate(WCR, address, value);
    }

    private void WritePair(int lowRegister, int value)
    {
        Write(lowRegister, value & 0xFF);
        Write(lowRegister + 1, value >> 8);
    }

    // Sections 4.2.5 and 4.2.6: for ETH registers only. Those used here are in every bank.
    private void SetBits(int register, int bits)
    {
        Operate(BFS, register, bits);
    }

    private void ClearBits(int register, int bits)
    {
        Operate(BFC, register, bits);
    }

    private void Operate(int instruction, int address, int value)
    {
        byte[] command = _command;
        command[0] = (byte)(instruction | address);
        command[1] = (byte)value;
        _bus.Transfer(command, _answer, 2);
    }

    // A change of one bit of BSEL takes one instruction, of both bits in different directions two.
    private void SelectBank(int bank)
    {
        int changed = bank ^ _bank;
        if (changed == 0)
        {
            return;
        }

        if ((changed & _bank) != 0)
        {
            ClearBits(ECON1, changed & _bank);
        }

        if ((changed & bank) != 0)
        {
            SetBits(ECON1, changed & bank);
        }

        _bank = bank;
    }

    // True when the register holds what was written. DS80349 item 1: MAC registers of early revisions may not take it.
    private bool Set(int register, int value)
    {
        for (int i = 0; i < SetTries; i++)
        {
            Write(register, value);
            if (Read(register) == value)
            {
                return true;
            }
        }

        Error = $"ENC28J60 answers unreliably: register {register & AddressMask:X2} of bank {(register >> BankShift) & BankMask} "
            + $"does not keep {value:X2}. " + WiringAdvice;
        return false;
    }

    // The low byte of a pair first: ERXRDPT, ERXST and ERXND take effect with the high one.
    private bool SetPair(int lowRegister, int value)
    {
        WritePair(lowRegister, value);
        return ReadPair(lowRegister) == value || (Set(lowRegister, value & 0xFF) && Set(lowRegister + 1, value >> 8));
    }

    private void SeekRead(int address)
    {
        if (_erdpt != address)
        {
            WritePair(ERDPTL, address);
            _erdpt = address;
        }
    }

    private void SeekWrite(int address)
    {
        int old = _ewrpt;
        if (old < 0 || ((old ^ address) & 0xFF) != 0)
        {
            Write(EWRPTL, address & 0xFF);
        }

        if (old < 0 || ((old ^ address) & 0xFF00) != 0)
        {
            Write(EWRPTH, address >> 8);
        }

        _ewrpt = address;
    }

    // Buffer memory from ERDPT on to buffer[1..count]. ECON2.AUTOINC takes ERDPT along, and from ERXND back to ERXST.
    private void ReadMemory(byte[] buffer, int count)
    {
        buffer[0] = RBM;
        _bus.Transfer(buffer, buffer, 1 + count);
        _erdpt = _erdpt <= RxEnd ? Wrap(_erdpt + count) : _erdpt + count;
    }

    private static int Wrap(int address)
    {
        return address > RxEnd ? address - RxSize : address;
    }

    // Section 3.3.1. A PHY register, or -1 when the MII stays busy.
    private int ReadPhy(int register)
    {
        Write(MIREGADR, register);
        Write(MICMD, MICMD_MIIRD);
        bool done = MiiIsDone();
        Write(MICMD, 0);
        return done ? ReadPair(MIRDL) : -1;
    }

    // Section 3.3.2: writing MIWRH starts it.
    private bool WritePhy(int register, int value)
    {
        Write(MIREGADR, register);
        WritePair(MIWRL, value);
        return MiiIsDone();
    }

    // 10.24 us, which is one or two of these polls.
    private bool MiiIsDone()
    {
        for (int i = 0; i < MiiPolls; i++)
        {
            if ((Read(MISTAT) & MISTAT_BUSY) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
