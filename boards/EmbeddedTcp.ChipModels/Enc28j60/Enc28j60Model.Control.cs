namespace EmbeddedTcp.ChipModels.Enc28j60;

// What happens when bits of the control registers change.
public sealed partial class Enc28j60Model
{
    private void WriteRegister(int register, int value)
    {
        int old = _registers[register];
        switch (register)
        {
            case ERXST:
            case ERXST + 1:
            case ERXND:
            case ERXND + 1:
                WriteRingBound(register, value);
                break;
            case ERXRDPT:
                // 7.2.4: the low byte waits for the high byte.
                _readPointerLow = value;
                break;
            case ERXRDPT + 1:
                WriteReadPointer((value << 8) | _readPointerLow);
                break;
            case ETXST:
            case ETXST + 1:
            case ETXND:
            case ETXND + 1:
                if ((_registers[ECON1] & TXRTS) != 0)
                {
                    Violate("transmit pointers changed while TXRTS is set");
                }

                _registers[register] = (byte)value;
                break;
            case EIE:
                _registers[EIE] = (byte)value;
                UpdateInterrupt();
                break;
            case EIR:
                WriteFlags(value);
                break;
            case ESTAT:
                // The error bits can be cleared and not set.
                _registers[ESTAT] = (byte)(old & value);
                break;
            case ECON2:
                WriteEcon2(old, value);
                break;
            case ECON1:
                WriteEcon1(old, value);
                break;
            case EBSTCON:
                WriteSelfTest(old, value);
                break;
            case EFLOCON:
                WriteFlowControl(value);
                break;
            default:
                if (IsReadOnly(register))
                {
                    Violate($"write to read-only {NameOf(register)}");
                    break;
                }

                _registers[register] = (byte)value;
                break;
        }
    }

    private void WriteMac(int register, int value)
    {
        switch (register)
        {
            case MICMD:
                WriteMiiCommand(_registers[MICMD], value);
                break;
            case MIWR + 1:
                _registers[register] = (byte)value;
                StartMiiWrite();
                break;
            case MACON3:
                if (((_registers[MACON3] ^ value) & FULDPX) != 0 && (_registers[ECON1] & (TXRTS | RXEN)) != 0)
                {
                    Violate("MACON3.FULDPX changed while TXRTS or RXEN is set");
                }

                _registers[MACON3] = (byte)value;
                break;
            default:
                if (IsReadOnly(register))
                {
                    Violate($"write to read-only {NameOf(register)}");
                    break;
                }

                _registers[register] = (byte)value;
                break;
        }
    }

    private void WriteEcon2(int old, int value)
    {
        if ((value & PKTDEC) != 0)
        {
            TakePacketFromCount();
        }

        _registers[ECON2] = (byte)(value & ~PKTDEC);
        if ((value & PWRSV) == (old & PWRSV))
        {
            return;
        }

        if ((value & PWRSV) != 0)
        {
            // 14.0: reception off and finished, no transmission.
            if ((_registers[ECON1] & (RXEN | TXRTS)) != 0 || Receiving)
            {
                Violate("PWRSV set with RXEN, RXBUSY or TXRTS");
            }

            _running = false;
            _runningAt = Never;
            _clockReady = false;
            LoseLink();
            Reschedule();
        }
        else
        {
            StartClocks(OscillatorStartNanoseconds);
        }
    }

    private void WriteEcon1(int old, int value)
    {
        int risen = value & ~old;
        int fallen = old & ~value;
        _registers[ECON1] = (byte)value;
        if ((risen & RXRST) != 0)
        {
            // 11.4: aborts what is being received and clears RXEN; buffer and pointers stay.
            ResetReceiveLogic();
            _registers[ECON1] &= 0xFF ^ RXEN;
            value = _registers[ECON1];
        }

        if ((risen & TXRST) != 0)
        {
            AbortByReset();
            value = _registers[ECON1];
        }

        if ((fallen & TXRST) != 0)
        {
            LeaveTransmitReset();
        }

        if ((risen & value & RXEN) != 0)
        {
            CheckDuplex();
            if (!_running)
            {
                Violate("RXEN set before the clocks are ready");
            }
        }

        if ((risen & DMAST) != 0)
        {
            StartDma();
        }
        else if ((fallen & DMAST) != 0)
        {
            CancelDma();
        }

        if ((risen & value & TXRTS) != 0)
        {
            StartTransmission();
        }
        else if ((fallen & TXRTS) != 0)
        {
            CancelTransmission();
        }
    }

    // 6.5 and 9.0: the MAC's duplex is the PHY's.
    private void CheckDuplex()
    {
        bool mac = (_registers[MACON3] & FULDPX) != 0;
        if (mac != PhyFullDuplex)
        {
            Violate("MACON3.FULDPX is not PHCON1.PDPXMD");
        }
    }
}
