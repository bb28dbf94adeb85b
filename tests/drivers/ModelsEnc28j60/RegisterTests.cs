using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The map and the reset values, against DS39662E Tables 3-1 to 3-3.</summary>
[TestClass]
public sealed class RegisterTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;

    public RegisterTests()
    {
        _spi = new Spi(_chip);
    }

    // Table 3-2, last column: value on reset, with MAADR and the checksums 0.
    private static readonly (int Register, int Value)[] ResetValues =
    [
        (Spi.EIE, 0x00), (Spi.EIR, 0x00), (Spi.ECON2, 0x80), (Spi.ECON1, 0x00),
        (0x00, 0xFA), (0x01, 0x05), (0x02, 0x00), (0x03, 0x00), (0x04, 0x00), (0x05, 0x00), (0x06, 0x00), (0x07, 0x00),
        (0x08, 0xFA), (0x09, 0x05), (0x0A, 0xFF), (0x0B, 0x1F), (0x0C, 0xFA), (0x0D, 0x05), (0x0E, 0x00), (0x0F, 0x00),
        (0x10, 0x00), (0x11, 0x00), (0x12, 0x00), (0x13, 0x00), (0x14, 0x00), (0x15, 0x00), (0x16, 0x00), (0x17, 0x00),
        (0x100, 0x00), (0x107, 0x00), (0x108, 0x00), (0x10F, 0x00), (0x110, 0x00), (0x111, 0x00), (0x114, 0x00), (0x115, 0x00),
        (Spi.ERXFCON, 0xA1), (Spi.EPKTCNT, 0x00),
        (Spi.MACON1, 0x00), (Spi.MACON3, 0x00), (Spi.MACON4, 0x00), (Spi.MABBIPG, 0x00), (0x206, 0x00), (0x207, 0x00),
        (Spi.MACLCON1, 0x0F), (Spi.MACLCON2, 0x37), (0x20A, 0x00), (0x20B, 0x06), (Spi.MICMD, 0x00), (Spi.MIREGADR, 0x00),
        (0x216, 0x00), (0x217, 0x00), (0x218, 0x00), (0x219, 0x00),
        (0x300, 0x00), (0x301, 0x00), (0x302, 0x00), (0x303, 0x00), (0x304, 0x00), (0x305, 0x00), (Spi.EBSTSD, 0x00),
        (Spi.EBSTCON, 0x00), (0x308, 0x00), (0x309, 0x00), (Spi.MISTAT, 0x00), (Spi.EREVID, 0x06), (Spi.ECOCON, 0x04),
        (Spi.EFLOCON, 0x00), (0x318, 0x00), (0x319, 0x10),
    ];

    [TestMethod]
    public void Reset_values_are_those_of_the_table()
    {
        foreach ((int register, int value) in ResetValues)
        {
            Assert.AreEqual(value, _spi.Read(register), $"register {register:X3}");
        }

        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 11.2: the System Reset Command resets them all but ECOCON
    public void System_reset_restores_them()
    {
        foreach ((int register, int _) in ResetValues)
        {
            if (register is not (Spi.ECON2 or Spi.ECON1 or Spi.MICMD or 0x217 or Spi.EBSTCON or Spi.EFLOCON)
                && register is not (0x0E or 0x0F or 0x16 or 0x17 or Spi.EPKTCNT or Spi.EREVID or Spi.MISTAT or 0x218 or 0x219 or 0x308 or 0x309))
            {
                _spi.Write(register, 0x5A);
            }
        }

        _spi.Reset();
        foreach ((int register, int value) in ResetValues)
        {
            Assert.AreEqual(register == Spi.ECOCON ? 0x5A & 7 : value, _spi.Read(register), $"register {register:X3}");
        }
    }

    [TestMethod] // Table 3-3
    public void Phy_reset_values_are_those_of_the_table()
    {
        _chip.Errata.Clear();
        _spi.Reset();
        (int Address, int Value)[] expected =
        [
            (0x00, 0x0000), (0x01, 0x1800), (0x02, 0x0083), (0x03, 0x1400), (0x10, 0x0000), (0x11, 0x0000), (0x12, 0x0000),
            (0x13, 0x0000), (0x14, 0x3422), (0x04, 0x0000), (0x1F, 0x0000),
        ];
        foreach ((int address, int value) in expected)
        {
            Assert.AreEqual(value, _spi.ReadPhy(address), $"PHY register {address:X2}");
        }
    }

    [TestMethod] // 3.1.1: EIE, EIR, ESTAT, ECON2 and ECON1 stand in every bank
    public void Common_registers_stand_in_every_bank()
    {
        _spi.Write(Spi.EIE, 0x48);
        for (int bank = 0; bank < 4; bank++)
        {
            _spi.Raw(0xBF, 0x03);
            _spi.Raw(0x9F, (byte)bank);
            Assert.AreEqual(0x48, _spi.Raw(0x1B, 0)[1]);
        }
    }

    [TestMethod] // Registers of pointers have 13 bits
    public void Pointers_have_thirteen_bits()
    {
        _spi.WritePair(Spi.EWRPT, 0xFFFF);
        Assert.AreEqual(0x1FFF, _spi.ReadPair(Spi.EWRPT));
    }

    [TestMethod] // 4.2.5, 4.2.6
    public void Bit_fields_are_set_and_cleared()
    {
        _spi.Write(Spi.EIE, 0x0F);
        _spi.Set(Spi.EIE, 0x30);
        Assert.AreEqual(0x3B, _spi.Read(Spi.EIE));
        _spi.Clear(Spi.EIE, 0x21);
        Assert.AreEqual(0x1A, _spi.Read(Spi.EIE));
    }

    [TestMethod] // 4.2.1: "the first byte is a dummy byte", for MAC and MII registers alone
    public void Mac_registers_send_a_dummy_byte_first()
    {
        _spi.Write(Spi.MABBIPG, 0x15);
        byte[] miso = _spi.Raw(0x04, 0, 0);
        Assert.AreNotEqual(0x15, miso[1]);
        Assert.AreEqual(0x15, miso[2]);
        Assert.AreEqual(0x06, _spi.Read(Spi.EREVID));
    }

    [TestMethod]
    [DataRow(Enc28j60Errata.B1)]
    [DataRow(Enc28j60Errata.B4)]
    [DataRow(Enc28j60Errata.B5)]
    [DataRow(Enc28j60Errata.B7)]
    public void Revision_is_read_in_EREVID(int revision)
    {
        Assert.AreEqual(revision, new Spi(new Enc28j60Model(revision)).Read(Spi.EREVID));
    }

    [TestMethod] // 7.2.4: ERXRDPTL is held back until ERXRDPTH is written
    public void Read_pointer_moves_with_its_high_byte()
    {
        _spi.Write(Spi.ERXRDPT, 0x35);
        Assert.AreEqual(0x05FA, _spi.ReadPair(Spi.ERXRDPT));
        _spi.Write(Spi.ERXRDPT + 1, 0x12);
        Assert.AreEqual(0x1235, _spi.ReadPair(Spi.ERXRDPT));
    }

    [TestMethod] // 6.1: "the ERXWRPT registers are updated" with ERXST
    public void Ring_bounds_load_the_write_pointer()
    {
        _chip.Errata.Clear();
        _spi.WritePair(Spi.ERXST, 0x0400);
        Assert.AreEqual(0x0400, _spi.ReadPair(Spi.ERXWRPT));
    }
}
