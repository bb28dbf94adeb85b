using System;

namespace EmbeddedTcp.ChipModels.W5500;

// The SPI slave (data sheet 2.2 to 2.4): two address bytes, a control byte, data with the address counting up. In
// variable length mode chip select ends the frame; in the fixed modes 1, 2 or 4 bytes do, and the next frame begins.
public sealed partial class W5500Model
{
    /// <summary>SPI frames in the log that <see cref="LogEntry"/> reads.</summary>
    public const int LogLength = 64;

    /// <summary>SPI frames seen (a chip-select frame with fixed lengths holds several).</summary>
    public long SpiFrames;

    /// <summary>Bytes exchanged.</summary>
    public long SpiBytes;

    private const int DataPhase = 3;

    private readonly int[] _logAddress = new int[LogLength];
    private readonly int[] _logControl = new int[LogLength];
    private readonly int[] _logCount = new int[LogLength];

    private bool _selected;

    // True from a reset in mid-frame until chip select falls again.
    private bool _deaf;
    private int _phase;
    private int _address;
    private int _firstAddress;
    private int _control;
    private int _fixedLeft;
    private int _frameData;

    /// <inheritdoc/>
    public override void Select()
    {
        if (_selected)
        {
            Violate("chip select pulled low twice");
        }

        if (ClockHz > MaximumClockHz)
        {
            Violate("SPI clock above the limit");
        }

        if (!_ready)
        {
            Violate("SPI during reset or before the PLL has locked");
        }

        _selected = true;
        _deaf = !_ready;
        _phase = 0;
        _frameData = 0;
    }

    /// <inheritdoc/>
    public override void Deselect()
    {
        if (_phase == DataPhase && !_deaf)
        {
            EndFrame();
        }

        _phase = 0;
        _selected = false;
    }

    /// <inheritdoc/>
    public override byte Exchange(byte mosi)
    {
        SpiBytes++;
        long end = NowNanoseconds + 8000000000L / ClockHz;
        W5500Faults faults = Faults;
        if (faults.AbsentLevel >= 0 || !_selected)
        {
            Advance(end);
            return (byte)(faults.AbsentLevel >= 0 ? faults.AbsentLevel : 0xFF);
        }

        if (_deaf)
        {
            Advance(end);
            return 0;
        }

        // The chip's output is fixed when the byte begins, its input taken when the byte ends.
        int miso = _phase < DataPhase ? _phase + 1 : (_control & 4) == 0 ? Read(_control >> 3, _address) : 0;
        if (faults.Flips)
        {
            miso = faults.FlipMiso(miso);
            mosi = (byte)faults.FlipMosi(mosi);
        }

        Advance(end);
        if (_deaf)
        {
            return (byte)miso;
        }

        switch (_phase)
        {
            case 0:
                _address = mosi << 8;
                _phase = 1;
                break;
            case 1:
                _address |= mosi;
                _firstAddress = _address;
                _phase = 2;
                break;
            case 2:
                BeginData(mosi);
                break;
            default:
                Take(mosi);
                break;
        }

        return (byte)miso;
    }

    /// <inheritdoc/>
    public override void ExchangeBlock(byte[] mosi, byte[] miso, int count)
    {
        int i = 0;
        while (i < count)
        {
            int run = RunLength(count - i);
            if (run < 4)
            {
                miso[i] = Exchange(mosi[i]);
                i++;
                continue;
            }

            int socket = _control >> 5;
            if ((_control & 4) == 0)
            {
                byte[] memory = (_control & 0x18) == 0x10 ? _txMemory : _rxMemory;
                int[] bases = (_control & 0x18) == 0x10 ? _txBase : _rxBase;
                int[] sizes = (_control & 0x18) == 0x10 ? _txSize : _rxSize;
                Array.Copy(memory, Physical(bases, sizes, socket, _address), miso, i, run);
            }
            else
            {
                Array.Copy(mosi, i, _txMemory, Physical(_txBase, _txSize, socket, _address), run);
                Array.Clear(miso, i, run);
            }

            i += run;
            SpiBytes += run;
            _frameData += run;
            _address = (_address + run) & 0xFFFF;
            NowNanoseconds += run * (8000000000L / ClockHz);
        }
    }

    // How many of the next bytes are plain memory traffic in one piece, with nothing happening before their end.
    private int RunLength(int most)
    {
        if (_phase != DataPhase || _deaf || _fixedLeft != 0 || !_selected || Faults.Flips || Faults.AbsentLevel >= 0)
        {
            return 0;
        }

        int kind = (_control >> 3) & 3;
        bool write = (_control & 4) != 0;
        if (kind < 2 || (kind == 3 && write))
        {
            return 0;
        }

        int socket = _control >> 5;
        int[] bases = kind == 2 ? _txBase : _rxBase;
        int[] sizes = kind == 2 ? _txSize : _rxSize;
        int size = sizes[socket];
        if (size == 0)
        {
            return 0;
        }

        int toWrap = size - (_address & (size - 1));
        int toEnd = MemoryBytes - Physical(bases, sizes, socket, _address);
        most = toWrap < most ? toWrap : most;
        most = toEnd < most ? toEnd : most;
        if (_nextEvent != Never)
        {
            long toEvent = (_nextEvent - NowNanoseconds - 1) / (8000000000L / ClockHz);
            most = toEvent < most ? (int)toEvent : most;
        }

        return most;
    }

    private void BeginData(int control)
    {
        _control = control;
        _phase = DataPhase;
        _frameData = 0;
        int mode = control & 3;
        _fixedLeft = Faults.IgnoresFixedLength ? 0 : mode == 3 ? 4 : mode;
        if ((control >> 3) != 0 && ((control >> 3) & 3) == 0)
        {
            Violate("reserved block selected");
        }
    }

    private void Take(int mosi)
    {
        if ((_control & 4) != 0)
        {
            Write(_control >> 3, _address, mosi);
        }

        _address = (_address + 1) & 0xFFFF;
        _frameData++;
        if (_fixedLeft != 0)
        {
            _fixedLeft--;
            if (_fixedLeft == 0)
            {
                EndFrame();
                _phase = 0;
            }
        }
    }

    private void EndFrame()
    {
        int slot = (int)(SpiFrames % LogLength);
        _logAddress[slot] = _firstAddress;
        _logControl[slot] = _control;
        _logCount[slot] = _frameData;
        SpiFrames++;
    }

    /// <summary>One of the last SPI frames, for a person: address, control byte decoded, number of data bytes.</summary>
    /// <param name="age">0 for the last, up to <see cref="LogLength"/> - 1.</param>
    /// <returns>The line, or null when there were not that many.</returns>
    public string LogEntry(int age)
    {
        if (age < 0 || age >= LogLength || age >= SpiFrames)
        {
            return null;
        }

        int slot = (int)((SpiFrames - 1 - age) % LogLength);
        int block = _logControl[slot] >> 3;
        string name = block == 0 ? "common" : (block & 3) switch
        {
            1 => $"socket {block >> 2} register",
            2 => $"socket {block >> 2} TX",
            3 => $"socket {block >> 2} RX",
            _ => "reserved",
        };
        string direction = (_logControl[slot] & 4) != 0 ? "write" : "read";
        return $"{direction} {name} {_logAddress[slot]:X4}, {_logCount[slot]} bytes";
    }
}
