using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>Resets, oscillator and power save against DS39662E 2.2, 11 and 14.</summary>
[TestClass]
public sealed class PowerTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;

    public PowerTests()
    {
        _spi = new Spi(_chip);
        _chip.Errata.Clear();
    }

    [TestMethod] // 2.2: 7,500 clocks, 300 us; ETH registers and memory answer meanwhile, MAC and MII do not
    public void After_power_on_the_oscillator_starts_up()
    {
        _spi.Write(Spi.ECOCON, 0x02);
        _chip.BrownOut();
        _spi.BankIsReset();
        Assert.AreEqual(0x00, _spi.Read(Spi.ESTAT) & 0x01);
        Assert.AreEqual(0x04, _spi.Read(Spi.ECOCON), "11.1: POR resets ECOCON");
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
        _spi.Write(Spi.MABBIPG, 0x15);
        Assert.AreEqual(1, _chip.Violations);
        _chip.Spend(300_000);
        Assert.AreEqual(0x01, _spi.Read(Spi.ESTAT) & 0x01);
        Assert.AreEqual(0x00, _spi.Read(Spi.MABBIPG), "the write had been ignored");
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod] // 2.2: neither RXEN nor TXRTS before CLKRDY
    public void Reception_and_transmission_before_the_clocks_are_violations()
    {
        _chip.BrownOut();
        _spi.BankIsReset();
        _spi.Raw(0x9F, 0x04);
        Assert.AreEqual(1, _chip.Violations);
        _spi.WritePair(Spi.ETXST, 0x0000);
        _spi.WritePair(Spi.ETXND, 0x0040);
        _spi.Raw(0x9F, 0x08);
        StringAssert.Contains(_chip.FirstViolation, "RXEN");
        Assert.AreEqual(2, _chip.Violations);
    }

    [TestMethod] // 11.2: SRC keeps the buffer memory and ECOCON
    public void System_reset_keeps_the_memory()
    {
        _spi.WritePair(Spi.EWRPT, 0x1234);
        _spi.WriteMemory(0x55, 0xAA);
        _spi.Write(Spi.ECOCON, 0x02);
        _spi.Reset();
        CollectionAssert.AreEqual(new byte[] { 0x55, 0xAA }, _spi.ReadMemory(0x1234, 2));
        Assert.AreEqual(0x02, _spi.Read(Spi.ECOCON));
    }

    [TestMethod] // Table 16-3: 400 ns
    public void Reset_pin_resets_and_wants_its_time()
    {
        _spi.Write(Spi.EIE, 0x08);
        _chip.SetReset(true);
        Assert.AreEqual(0xFF, _spi.Raw(0x1B, 0)[1]);
        Assert.AreEqual(1, _chip.Violations, "SPI during reset");
        _chip.SetReset(false);
        _spi.BankIsReset();
        Assert.AreEqual(1, _chip.Violations, _chip.FirstViolation);
        Assert.AreEqual(0x00, _spi.Read(Spi.EIE));
        _chip.SetReset(true);
        _chip.Spend(399);
        _chip.SetReset(false);
        Assert.AreEqual(2, _chip.Violations);
    }

    [TestMethod] // 14.0: the order of going to sleep, and of waking up
    public void Power_save_stops_MAC_and_PHY_until_the_oscillator_is_back()
    {
        _spi.Initialise();
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.Set(Spi.ECON2, 0x08);
        _spi.Set(Spi.ECON2, 0x20);
        Assert.IsFalse(_chip.LinkUp);
        Assert.AreEqual(0x00, _spi.Read(Spi.ESTAT) & 0x01);
        Assert.IsFalse(_chip.Deliver(Spi.Frame(60, 1), 0, 60));
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
        _spi.Clear(Spi.ECON2, 0x20);
        _chip.Spend(290_000);
        Assert.AreEqual(0x00, _spi.Read(Spi.ESTAT) & 0x01);
        _chip.Spend(20_000);
        Assert.AreEqual(0x01, _spi.Read(Spi.ESTAT) & 0x01);
        _spi.Set(Spi.ECON1, 0x04);
        Assert.IsFalse(_chip.LinkUp, "the link takes its time");
        _chip.Spend(_chip.LinkNanoseconds);
        Assert.IsTrue(_chip.Deliver(Spi.Frame(60, 1), 0, 60));
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 14.0
    public void Power_save_with_reception_on_is_a_violation()
    {
        _spi.Initialise();
        _spi.Set(Spi.ECON2, 0x20);
        Assert.AreEqual(1, _chip.Violations);
        _spi.Read(Spi.MACON1);
        Assert.AreEqual(2, _chip.Violations, "MAC register in power save");
    }
}
