using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>Pins and nothing else: the ENC28J60's SPI commands byte by byte, as the data sheet draws them.</summary>
internal sealed class Spi(Enc28j60Model chip)
{
    public const int ERDPT = 0x00, EWRPT = 0x02, ETXST = 0x04, ETXND = 0x06, ERXST = 0x08, ERXND = 0x0A, ERXRDPT = 0x0C,
        ERXWRPT = 0x0E, EDMAST = 0x10, EDMAND = 0x12, EDMADST = 0x14, EDMACS = 0x16;

    public const int EIE = 0x1B, EIR = 0x1C, ESTAT = 0x1D, ECON2 = 0x1E, ECON1 = 0x1F;

    public const int EHT0 = 0x100, EPMM0 = 0x108, EPMCS = 0x110, EPMO = 0x114, ERXFCON = 0x118, EPKTCNT = 0x119;

    public const int MACON1 = 0x200, MACON3 = 0x202, MACON4 = 0x203, MABBIPG = 0x204, MAIPG = 0x206, MACLCON1 = 0x208,
        MACLCON2 = 0x209, MAMXFL = 0x20A, MICMD = 0x212, MIREGADR = 0x214, MIWR = 0x216, MIRD = 0x218;

    public const int MAADR5 = 0x300, MAADR1 = 0x304, EBSTSD = 0x306, EBSTCON = 0x307, EBSTCS = 0x308, MISTAT = 0x30A, EREVID = 0x312,
        ECOCON = 0x315, EFLOCON = 0x317, EPAUS = 0x318;

    public static readonly byte[] Mac = [0x02, 0x12, 0x34, 0x56, 0x78, 0x9A];

    /// <summary>Where the tests keep the frame to send, behind a receive buffer of 0000 to 17FF.</summary>
    public const int TransmitStart = 0x1800;

    private int _bank;

    /// <summary>One chip-select frame, with a master's leisure before and after.</summary>
    public byte[] Raw(params byte[] mosi)
    {
        var miso = new byte[mosi.Length];
        chip.Spend(500);
        chip.Select();
        for (int i = 0; i < mosi.Length; i++)
        {
            miso[i] = chip.Exchange(mosi[i]);
        }

        chip.Spend(500);
        chip.Deselect();
        return miso;
    }

    /// <summary>RCR, in the bank of the register and with the dummy byte where there is one.</summary>
    public int Read(int register)
    {
        Bank(register);
        byte opcode = (byte)(register & 0x1F);
        return IsMac(register) ? Raw(opcode, 0, 0)[2] : Raw(opcode, 0)[1];
    }

    public int ReadPair(int register) => Read(register) | (Read(register + 1) << 8);

    public void Write(int register, int value)
    {
        Bank(register);
        Raw((byte)(0x40 | (register & 0x1F)), (byte)value);
    }

    public void WritePair(int register, int value)
    {
        Write(register, value & 0xFF);
        Write(register + 1, value >> 8);
    }

    public void Set(int register, int bits)
    {
        Bank(register);
        Raw((byte)(0x80 | (register & 0x1F)), (byte)bits);
    }

    public void Clear(int register, int bits)
    {
        Bank(register);
        Raw((byte)(0xA0 | (register & 0x1F)), (byte)bits);
    }

    public byte[] ReadMemory(int count) => Raw([0x3A, .. new byte[count]])[1..];

    public byte[] ReadMemory(int address, int count)
    {
        WritePair(ERDPT, address);
        return ReadMemory(count);
    }

    public void WriteMemory(params byte[] data) => Raw([0x7A, .. data]);

    /// <summary>SRC, and what has to pass after it.</summary>
    public void Reset()
    {
        Raw(0xFF);
        _bank = 0;
        chip.Spend(1_000_000);
    }

    /// <summary>After a reset that was none of this class.</summary>
    public void BankIsReset() => _bank = 0;

    public int ReadPhy(int address)
    {
        Write(MIREGADR, address);
        Write(MICMD, 1);
        Finish();
        Write(MICMD, 0);
        return ReadPair(MIRD);
    }

    public void WritePhy(int address, int value)
    {
        Write(MIREGADR, address);
        Write(MIWR, value & 0xFF);
        Write(MIWR + 1, value >> 8);
        Finish();
    }

    /// <summary>Initialises as chapter 6 says, for half duplex unless told otherwise, and waits for the link.</summary>
    public void Initialise(bool fullDuplex = false)
    {
        WritePair(ERXST, 0);
        WritePair(ERXND, 0x17FF);
        WritePair(ERXRDPT, 0x17FF);
        Write(MACON1, fullDuplex ? 0x0D : 0x01);
        Write(MACON3, fullDuplex ? 0x33 : 0x32);
        Write(MACON4, 0x40);
        Write(MABBIPG, fullDuplex ? 0x15 : 0x12);
        Write(MAIPG, 0x12);
        Write(MAIPG + 1, fullDuplex ? 0 : 0x0C);
        WritePair(MAMXFL, 1518);
        for (int i = 0; i < 6; i++)
        {
            Write(MAADR5 + ((5 - i) ^ 1), Mac[i]);
        }

        WritePhy(0x00, fullDuplex ? 0x0100 : 0);
        WritePhy(0x10, 0x0100);
        Set(ECON1, 0x04);
        chip.Spend(chip.LinkNanoseconds);
        Assert.IsTrue(chip.LinkUp);
    }

    /// <summary>Puts a frame into the transmit buffer and sets TXRTS.</summary>
    public void Send(byte[] frame, byte control = 0)
    {
        WritePair(ETXST, TransmitStart);
        WritePair(EWRPT, TransmitStart);
        WriteMemory([control, .. frame]);
        WritePair(ETXND, TransmitStart + frame.Length);
        Set(ECON1, 0x08);
    }

    /// <summary>The vector behind the frame sent last.</summary>
    public byte[] StatusVector() => ReadMemory(ReadPair(ETXND) + 1, 7);

    /// <summary>The next packet as the chip stored it: pointer, count, status, data.</summary>
    public (int Next, int Count, int Status, byte[] Data) Packet(int address)
    {
        byte[] header = ReadMemory(address, 6);
        int count = header[2] | (header[3] << 8);
        return (header[0] | (header[1] << 8), count, header[4] | (header[5] << 8), ReadMemory(count));
    }

    /// <summary>A frame for our station, every byte of which depends on its number.</summary>
    public static byte[] Frame(int length, int number)
    {
        byte[] frame = new byte[length];
        new Random(number).NextBytes(frame);
        Mac.CopyTo(frame, 0);
        frame[6] = 0x02;
        frame[12] = 0x08;
        frame[13] = 0x00;
        return frame;
    }

    private static bool IsMac(int register) => register is >= 0x200 and < 0x300 or >= 0x300 and < 0x306 or MISTAT;

    private void Finish()
    {
        chip.Spend(20_000);
        Assert.AreEqual(0, Read(MISTAT) & 1);
    }

    private void Bank(int register)
    {
        int bank = register >> 8;
        if ((register & 0x1F) < EIE && bank != _bank)
        {
            Raw(0xBF, 0x03);
            Raw(0x9F, (byte)bank);
            _bank = bank;
        }
    }
}

/// <summary>The other end of the cable, which remembers what came.</summary>
internal sealed class FarEnd : CableEnd
{
    public readonly List<byte[]> Frames = [];

    public override void Transmitted(byte[] frame, int offset, int length)
    {
        Frames.Add(frame.AsSpan(offset, length).ToArray());
    }
}
