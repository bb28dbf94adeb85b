using System;

namespace EmbeddedTcp.ChipModels.W5500;

// The SPI slave (data sheet 2.2 to 2.4): two address bytes, a control byte, data with the address counting up. In
// variable length mode chip select ends the frame; in the fixed modes 1, 2 or 4 bytes do, and the next frame begins.
public sealed partial class W5500Model
{
    private const int DataPhase = 3;

    // True from a reset in mid-frame until chip select falls again.
    private bool _deaf;
    private int _phase;
    private int _address;
    private int _firstAddress;
    private int _control;
    private int _fixedLeft;
    private int _frameData;

    /// <inheritdoc/>
    protected override int CurrentRegister => _phase == DataPhase ? ((_control >> 3) << 16) | _address : -1;

    /// <inheritdoc/>
    protected override bool IsSpiMode(int mode)
    {
        // Data sheet 2.2: modes 0 and 3.
        return mode == 0 || mode == 3;
    }

    /// <inheritdoc/>
    protected override void FrameBegins()
    {
        if (ClockHz > MaximumClockHz)
        {
            Violate("SPI clock above the limit");
        }

        if (!_ready)
        {
            Violate("SPI during reset or before the PLL has locked");
        }

        _deaf = !_ready;
        _phase = 0;
        _frameData = 0;
    }

    /// <inheritdoc/>
    protected override void FrameEnds()
    {
        if (_phase == DataPhase && !_deaf)
        {
            EndFrame();
        }

        _phase = 0;
    }

    /// <inheritdoc/>
    protected override int ByteBegins()
    {
        return _deaf ? 0 : _phase < DataPhase ? _phase + 1 : (_control & 4) == 0 ? Read(_control >> 3, _address) : 0;
    }

    /// <inheritdoc/>
    protected override void ByteEnds(int mosi)
    {
        if (_deaf)
        {
            return;
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
    }

    /// <inheritdoc/>
    protected override int ExchangeRun(byte[] mosi, byte[] miso, int start, int most)
    {
        int run = RunLength(most);
        if (run < 4)
        {
            return 0;
        }

        int socket = _control >> 5;
        if ((_control & 4) == 0)
        {
            byte[] memory = (_control & 0x18) == 0x10 ? _txMemory : _rxMemory;
            int[] bases = (_control & 0x18) == 0x10 ? _txBase : _rxBase;
            int[] sizes = (_control & 0x18) == 0x10 ? _txSize : _rxSize;
            Array.Copy(memory, Physical(bases, sizes, socket, _address), miso, start, run);
        }
        else
        {
            Array.Copy(mosi, start, _txMemory, Physical(_txBase, _txSize, socket, _address), run);
            Array.Clear(miso, start, run);
        }

        _frameData += run;
        _address = (_address + run) & 0xFFFF;
        return run;
    }

    // How many of the next bytes are plain memory traffic in one piece, with nothing happening before their end.
    private int RunLength(int most)
    {
        if (_phase != DataPhase || _deaf || _fixedLeft != 0)
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
        return PeriodsBeforeEvent(ByteNanoseconds, most);
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
        Log(_firstAddress, _control, _frameData);
    }

    /// <inheritdoc/>
    protected override string Describe(int a, int b, int c)
    {
        int block = b >> 3;
        string name = block == 0 ? "common" : (block & 3) switch
        {
            1 => $"socket {block >> 2} register",
            2 => $"socket {block >> 2} TX",
            3 => $"socket {block >> 2} RX",
            _ => "reserved",
        };
        string direction = (b & 4) != 0 ? "write" : "read";
        return $"{direction} {name} {a:X4}, {c} bytes";
    }
}
