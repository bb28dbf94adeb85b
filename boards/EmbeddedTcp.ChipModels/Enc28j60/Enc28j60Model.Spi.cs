using System;

namespace EmbeddedTcp.ChipModels.Enc28j60;

// The SPI slave (4.2): an opcode of three bits with an argument of five, then data until chip select rises.
public sealed partial class Enc28j60Model
{
    /// <summary>Highest SPI clock that is not a violation (Table 16-6: 20 MHz).</summary>
    public int MaximumClockHz = 20000000;

    /// <summary>What MISO shows while the chip does not drive it: during the opcode and while it is written to.</summary>
    public int FloatingLevel = 0xFF;

    /// <summary>Chip select must stay low this long after the last clock of a MAC or MII access (Table 16-6, TCSH: 210 ns).</summary>
    public int MacHoldNanoseconds = 210;

    /// <summary>Chip select must stay high this long between two frames (Table 16-6, TCSD: 50 ns).</summary>
    public int GapNanoseconds = 50;

    private const int ReadControl = 0;
    private const int ReadBuffer = 1;
    private const int WriteControl = 2;
    private const int WriteBuffer = 3;
    private const int SetBits = 4;
    private const int ClearBits = 5;
    private const int ResetCommand = 7;
    private const int NoCommand = -1;

    // True from a reset in mid-frame, or a command that ends the frame, until chip select falls again.
    private bool _deaf;
    private int _command = NoCommand;
    private int _argument;
    private int _register;
    private int _dataBytes;
    private int _lastData;
    private long _lastClockAt;
    private long _releasedAt = long.MinValue / 2;

    /// <inheritdoc/>
    protected override int CurrentRegister =>
        _command == NoCommand || _command == ReadBuffer || _command == WriteBuffer ? -1 : _register;

    /// <inheritdoc/>
    protected override bool IsSpiMode(int mode)
    {
        // 4.1: mode 0,0 only.
        return mode == 0;
    }

    /// <inheritdoc/>
    protected override void FrameBegins()
    {
        if (ClockHz > MaximumClockHz)
        {
            Violate("SPI clock above 20 MHz");
        }

        if (_resetPin)
        {
            Violate("SPI while RESET is low");
        }

        if (NowNanoseconds - _releasedAt < GapNanoseconds)
        {
            Violate("chip select high for less than 50 ns");
        }

        _deaf = _resetPin;
        _command = NoCommand;
        _dataBytes = 0;
    }

    /// <inheritdoc/>
    protected override void FrameEnds()
    {
        _releasedAt = NowNanoseconds;
        if (_deaf || _command == NoCommand)
        {
            return;
        }

        Log(_command, _command == ReadBuffer || _command == WriteBuffer ? _argument : _register, (_dataBytes << 8) | _lastData);
        bool writes = _command == WriteControl || _command == SetBits || _command == ClearBits;
        if (writes && _dataBytes == 0)
        {
            Violate("control register command without its data byte");
        }

        if (_command != ReadBuffer && _command != WriteBuffer && IsMac(_register)
            && NowNanoseconds - _lastClockAt < MacHoldNanoseconds)
        {
            Violate("chip select released within 210 ns of a MAC or MII access");
            if (writes && _dataBytes != 0 && _running)
            {
                // The write did not get through whole.
                _registers[_register] ^= (byte)(Faults.Next() & Writable[_register]);
            }
        }

        _command = NoCommand;
    }

    /// <inheritdoc/>
    protected override int ByteBegins()
    {
        if (_deaf)
        {
            return FloatingLevel;
        }

        switch (_command)
        {
            case ReadControl:
                if (!IsMac(_register))
                {
                    return ReadRegister(_register);
                }

                // 4.2.1: MAC and MII registers send a dummy byte first. Here it is no help to a driver that forgets it.
                return _dataBytes == 0 ? ReadRegister(_register) ^ 0xFF : ReadMac(_register);
            case ReadBuffer:
                return _memory[Pair(ERDPT)];
            default:
                return FloatingLevel;
        }
    }

    /// <inheritdoc/>
    protected override void ByteEnds(int mosi)
    {
        if (_deaf)
        {
            return;
        }

        _lastClockAt = NowNanoseconds;
        if (_command == NoCommand)
        {
            TakeOpcode(mosi);
            return;
        }

        _dataBytes++;
        _lastData = mosi;
        switch (_command)
        {
            case ReadBuffer:
                StepReadPointer();
                break;
            case WriteBuffer:
                _memory[Pair(EWRPT)] = (byte)mosi;
                StepWritePointer(1);
                break;
            case WriteControl:
            case SetBits:
            case ClearBits:
                if (_dataBytes == 1)
                {
                    TakeRegisterByte(mosi);
                }
                else if (_dataBytes == 2)
                {
                    Violate("control register command with more than one data byte");
                }

                break;
        }
    }

    /// <inheritdoc/>
    protected override int ExchangeRun(byte[] mosi, byte[] miso, int start, int most)
    {
        if (_deaf || (_command != ReadBuffer && _command != WriteBuffer) || (_registers[ECON2] & AUTOINC) == 0)
        {
            return 0;
        }

        bool read = _command == ReadBuffer;
        int at = Pair(read ? ERDPT : EWRPT);
        int end = read && at <= Pair(ERXND) ? Pair(ERXND) : MemoryBytes - 1;

        // The byte that wraps the pointer goes the ordinary way.
        int run = end - at < most ? end - at : most;
        run = PeriodsBeforeEvent(ByteNanoseconds, run);
        if (run < 4)
        {
            return 0;
        }

        if (read)
        {
            Array.Copy(_memory, at, miso, start, run);
            PutPair(ERDPT, at + run);
        }
        else
        {
            Array.Copy(mosi, start, _memory, at, run);
            for (int i = start; i < start + run; i++)
            {
                miso[i] = (byte)FloatingLevel;
            }

            StepWritePointer(run);
        }

        _dataBytes += run;
        _lastClockAt = NowNanoseconds + run * ByteNanoseconds;
        return run;
    }

    /// <inheritdoc/>
    protected override string Describe(int a, int b, int c)
    {
        int count = c >> 8;
        int data = c & 0xFF;
        return a switch
        {
            ReadControl => $"RCR {NameOf(b)}",
            ReadBuffer => $"RBM {count} bytes",
            WriteControl => $"WCR {NameOf(b)} {data:X2}",
            WriteBuffer => $"WBM {count} bytes",
            SetBits => $"BFS {NameOf(b)} {data:X2}",
            ClearBits => $"BFC {NameOf(b)} {data:X2}",
            ResetCommand => "SRC",
            _ => "reserved opcode",
        };
    }

    private void TakeOpcode(int mosi)
    {
        _command = mosi >> 5;
        _argument = mosi & 0x1F;
        _register = _argument >= EIE ? _argument : ((_registers[ECON1] & 3) << 5) | _argument;
        switch (_command)
        {
            case ReadBuffer:
            case WriteBuffer:
                if (_argument != 0x1A)
                {
                    Violate("buffer memory command with an argument other than 1A");
                }

                break;
            case ResetCommand:
                if (_argument != 0x1F)
                {
                    Violate("System Reset Command with an argument other than 1F");
                }

                Log(ResetCommand, 0, 0);
                _command = NoCommand;
                _deaf = true;
                SystemReset();
                break;
            case 6:
                Violate("reserved opcode");
                _deaf = true;
                break;
            default:
                if (!IsImplemented(_register))
                {
                    Violate($"reserved {NameOf(_register)}");
                }

                break;
        }
    }
}
