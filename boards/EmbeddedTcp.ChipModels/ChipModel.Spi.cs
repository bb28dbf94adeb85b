namespace EmbeddedTcp.ChipModels;

// The SPI slave down to the single clock: chip select, bytes, bits, and what a bad bus does to them.
public abstract partial class ChipModel
{
    /// <summary>SPI frames in the log that <see cref="LogEntry"/> reads.</summary>
    public const int LogLength = 64;

    /// <summary>The SPI clock in hertz: how long each exchanged byte takes.</summary>
    public int ClockHz = 20000000;

    /// <summary>The master's SPI mode, 0 to 3. In a mode the chip does not have, it takes the bit before for each bit.</summary>
    public int SpiMode;

    /// <summary>SPI frames seen (a chip-select frame may hold several).</summary>
    public long SpiFrames;

    /// <summary>Bytes exchanged.</summary>
    public long SpiBytes;

    private readonly int[] _log = new int[LogLength * 3];

    private bool _selected;

    // For the rare times when the chip's bytes are not the master's: a bit counter of its own and two shift registers.
    private int _bits;
    private bool _begun;
    private int _shiftIn;
    private int _shiftOut;
    private int _previousBit;

    /// <summary>The time of eight clocks.</summary>
    protected long ByteNanoseconds => 8000000000L / ClockHz;

    /// <summary>True while whole bytes pass undisturbed, so that a run of them may be moved at once.</summary>
    protected bool BusIsClean => _selected && !Gone && _bits == 0 && !Faults.DisturbsBus && IsSpiMode(SpiMode);

    /// <summary>Pulls chip select low: a new SPI frame begins.</summary>
    public void Select()
    {
        ArmMishaps();
        if (_selected)
        {
            Violate("chip select pulled low twice");
        }

        if (!IsSpiMode(SpiMode))
        {
            Violate("wrong SPI mode");
        }

        _selected = true;
        _bits = 0;
        _begun = false;
        if (!Gone)
        {
            FrameBegins();
        }
    }

    /// <summary>Exchanges one byte inside the SPI frame.</summary>
    /// <param name="mosi">The byte on the master's output.</param>
    /// <returns>The byte on the chip's output.</returns>
    public byte Exchange(byte mosi)
    {
        SpiBytes++;
        long end = NowNanoseconds + 8000000000L / ClockHz;
        ChipFaults faults = Faults;
        if (Gone || !_selected)
        {
            Advance(end);
            return (byte)(faults.AbsentLevel >= 0 ? faults.AbsentLevel : 0xFF);
        }

        if (_bits != 0 || faults.BendsClock || !IsSpiMode(SpiMode))
        {
            return (byte)ExchangeBits(mosi, end);
        }

        // The chip's output is fixed when the byte begins, its input taken when the byte ends.
        int miso = ByteBegins();
        if (faults.Flips && faults.Hits(CurrentRegister))
        {
            miso = faults.FlipMiso(miso);
            mosi = (byte)faults.FlipMosi(mosi);
        }

        Advance(end);
        ByteEnds(mosi);
        return (byte)miso;
    }

    /// <summary>Exchanges many bytes inside the SPI frame; the same as <see cref="Exchange"/> for each, only faster.</summary>
    /// <param name="mosi">The bytes on the master's output, from index 0.</param>
    /// <param name="miso">Receives the bytes on the chip's output, from index 0; may be the same array.</param>
    /// <param name="count">How many.</param>
    public void ExchangeBlock(byte[] mosi, byte[] miso, int count)
    {
        int i = 0;
        while (i < count)
        {
            int run = BusIsClean ? ExchangeRun(mosi, miso, i, count - i) : 0;
            if (run == 0)
            {
                miso[i] = Exchange(mosi[i]);
                i++;
            }
            else
            {
                i += run;
                SpiBytes += run;
                NowNanoseconds += run * (8000000000L / ClockHz);
            }
        }
    }

    /// <summary>Releases chip select: the SPI frame ends. Bits that are no whole byte are lost.</summary>
    public void Deselect()
    {
        _bits = 0;
        _begun = false;
        if (_selected && !Gone)
        {
            FrameEnds();
        }

        _selected = false;
    }

    /// <summary>One of the last SPI frames, for a person.</summary>
    /// <param name="age">0 for the last, up to <see cref="LogLength"/> - 1.</param>
    /// <returns>The line, or null when there were not that many.</returns>
    public string LogEntry(int age)
    {
        if (age < 0 || age >= LogLength || age >= SpiFrames)
        {
            return null;
        }

        int slot = (int)((SpiFrames - 1 - age) % LogLength) * 3;
        return Describe(_log[slot], _log[slot + 1], _log[slot + 2]);
    }

    /// <summary>What the chip's name for the register or memory under the master's hand is: the key of the fault flip-register.</summary>
    protected abstract int CurrentRegister { get; }

    /// <summary>Tells whether the chip understands an SPI mode.</summary>
    /// <param name="mode">0 to 3.</param>
    /// <returns>True when it does.</returns>
    protected abstract bool IsSpiMode(int mode);

    /// <summary>Chip select has fallen.</summary>
    protected abstract void FrameBegins();

    /// <summary>The first clock of a byte is about to come.</summary>
    /// <returns>What the chip's output register holds.</returns>
    protected abstract int ByteBegins();

    /// <summary>The last clock of a byte has come.</summary>
    /// <param name="mosi">What the chip's input register holds.</param>
    protected abstract void ByteEnds(int mosi);

    /// <summary>Chip select is about to rise.</summary>
    protected abstract void FrameEnds();

    /// <summary>Moves a run of bytes at once, if the next bytes are plain memory traffic and nothing happens before their end.</summary>
    /// <param name="mosi">The master's output.</param>
    /// <param name="miso">Receives the chip's output.</param>
    /// <param name="start">Index of the first byte in both.</param>
    /// <param name="most">Longest run.</param>
    /// <returns>How many were moved, or 0 for none. Time and count are the caller's to keep.</returns>
    protected abstract int ExchangeRun(byte[] mosi, byte[] miso, int start, int most);

    /// <summary>A line of the log.</summary>
    /// <param name="a">What the chip noted with <see cref="Log"/>.</param>
    /// <param name="b">The same.</param>
    /// <param name="c">The same.</param>
    /// <returns>The frame in words.</returns>
    protected abstract string Describe(int a, int b, int c);

    /// <summary>Notes an SPI frame in the log.</summary>
    /// <param name="a">Three numbers for <see cref="Describe"/>.</param>
    /// <param name="b">The second.</param>
    /// <param name="c">The third.</param>
    protected void Log(int a, int b, int c)
    {
        int slot = (int)(SpiFrames % LogLength) * 3;
        _log[slot] = a;
        _log[slot + 1] = b;
        _log[slot + 2] = c;
        SpiFrames++;
    }

    private int ExchangeBits(int mosi, long end)
    {
        ChipFaults faults = Faults;
        int bentBit = faults.BentClock(out int clocksThere);
        bool late = !IsSpiMode(SpiMode);
        long start = NowNanoseconds;
        int miso = 0;
        for (int bit = 0; bit < 8; bit++)
        {
            int level = (mosi >> (7 - bit)) & 1;
            int seen = late ? _previousBit : level;
            _previousBit = level;
            if (!_begun)
            {
                _shiftOut = ByteBegins();
                _begun = true;
            }

            miso = (miso << 1) | ((_shiftOut >> (7 - _bits)) & 1);
            Advance(start + (end - start) * (bit + 1) / 8);
            for (int clocks = bit == bentBit ? clocksThere : 1; clocks > 0; clocks--)
            {
                ShiftIn(seen);
            }
        }

        return miso;
    }

    private void ShiftIn(int level)
    {
        if (!_begun)
        {
            _shiftOut = ByteBegins();
            _begun = true;
        }

        _shiftIn = (_shiftIn << 1) | level;
        _bits++;
        if (_bits == 8)
        {
            _bits = 0;
            _begun = false;
            ByteEnds(_shiftIn & 0xFF);
        }
    }
}
