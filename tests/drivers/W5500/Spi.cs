using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>Pins and nothing else: SPI frames written byte by byte, as the data sheet draws them.</summary>
internal sealed class Spi(W5500Model chip)
{
    public const int Common = 0x00;
    public const int S0 = 0x01;
    public const int Tx0 = 0x02;
    public const int Rx0 = 0x03;

    /// <summary>One chip-select frame.</summary>
    public byte[] Raw(params byte[] mosi)
    {
        var miso = new byte[mosi.Length];
        chip.Select();
        for (int i = 0; i < mosi.Length; i++)
        {
            miso[i] = chip.Exchange(mosi[i]);
        }

        chip.Deselect();
        return miso;
    }

    public byte[] Read(int block, int address, int count)
    {
        var mosi = new byte[3 + count];
        mosi[0] = (byte)(address >> 8);
        mosi[1] = (byte)address;
        mosi[2] = (byte)(block << 3);
        return Raw(mosi)[3..];
    }

    public int Byte(int block, int address) => Read(block, address, 1)[0];

    public int Word(int block, int address)
    {
        byte[] bytes = Read(block, address, 2);
        return (bytes[0] << 8) | bytes[1];
    }

    public void Write(int block, int address, params byte[] data)
    {
        Raw([(byte)(address >> 8), (byte)address, (byte)((block << 3) | 4), .. data]);
    }

    public void WriteWord(int block, int address, int value)
    {
        Write(block, address, (byte)(value >> 8), (byte)value);
    }

    public void Command(int command)
    {
        Write(S0, 0x01, (byte)command);
        chip.Spend(10_000);
        Assert.AreEqual(0, Byte(S0, 0x01), "Sn_CR reads 0 once the command is taken");
    }

    /// <summary>Socket 0 in MACRAW mode with the given Sn_MR and 2 KB either way, link up.</summary>
    public void OpenMacRaw(int mode = 0x04)
    {
        chip.Spend(chip.NegotiationNanoseconds);
        Write(Common, 0x09, Rig.Mac);
        Write(S0, 0x00, (byte)mode);
        Command(0x01);
        Assert.AreEqual(0x42, Byte(S0, 0x03));
    }
}
