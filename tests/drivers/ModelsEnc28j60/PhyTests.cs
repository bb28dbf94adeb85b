using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The PHY and the way to it, against DS39662E 3.3 and 12.1.5.</summary>
[TestClass]
public sealed class PhyTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;

    public PhyTests()
    {
        _spi = new Spi(_chip);
        _spi.Reset();
    }

    [TestMethod] // 3.3.1: 10.24 us, BUSY meanwhile; MIRD holds the result although MIIRD is cleared
    public void A_read_takes_ten_microseconds()
    {
        _spi.Write(Spi.MIREGADR, 0x02);
        _spi.Write(Spi.MICMD, 0x01);
        Assert.AreEqual(1, _spi.Read(Spi.MISTAT));
        _chip.Spend(10_240);
        Assert.AreEqual(0, _spi.Read(Spi.MISTAT));
        _spi.Write(Spi.MICMD, 0x00);
        Assert.AreEqual(0x0083, _spi.ReadPair(Spi.MIRD));
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 3.3.2: writing MIWRH starts
    public void A_write_begins_with_the_high_byte()
    {
        _spi.Write(Spi.MIREGADR, 0x14);
        _spi.Write(Spi.MIWR, 0x76);
        Assert.AreEqual(0, _spi.Read(Spi.MISTAT));
        _spi.Write(Spi.MIWR + 1, 0x04);
        Assert.AreEqual(1, _spi.Read(Spi.MISTAT));
        Assert.AreEqual(0x3422, _chip.PeekPhy(0x14));
        _chip.Spend(10_240);
        Assert.AreEqual(0x3476, _chip.PeekPhy(0x14), "bits 15:12 are reserved");
    }

    [TestMethod] // 3.3.1: "wait until BUSY is clear"
    public void MIRD_read_while_busy_is_a_violation()
    {
        _spi.Write(Spi.MICMD, 0x01);
        _spi.Read(Spi.MIRD);
        Assert.AreEqual(1, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "BUSY");
    }

    [TestMethod] // 3.3.2: no new operation while BUSY
    public void A_second_operation_while_busy_is_a_violation_and_lost()
    {
        _spi.Write(Spi.MIREGADR, 0x14);
        _spi.Write(Spi.MICMD, 0x01);
        _spi.Write(Spi.MIWR + 1, 0x0F);
        Assert.AreEqual(1, _chip.Violations);
        _chip.Spend(50_000);
        Assert.AreEqual(0x3422, _chip.PeekPhy(0x14));
    }

    [TestMethod] // 3.3.3: NVALID until the first result, then one every 10.24 us; BUSY and SCAN until it is over
    public void A_scan_renews_the_result_by_itself()
    {
        _chip.SetCable(false);
        _spi.Write(Spi.MIREGADR, 0x11);
        _spi.Write(Spi.MICMD, 0x02);
        Assert.AreEqual(0x07, _spi.Read(Spi.MISTAT));
        _chip.Spend(11_000);
        Assert.AreEqual(0x03, _spi.Read(Spi.MISTAT));
        Assert.AreEqual(0x00, _spi.Read(Spi.MIRD + 1) & 0x04);
        _chip.SetCable(true);
        _chip.Spend(_chip.LinkNanoseconds + 11_000);
        Assert.AreEqual(0x04, _spi.Read(Spi.MIRD + 1) & 0x04);
        _spi.Write(Spi.MICMD, 0x00);
        _chip.Spend(11_000);
        Assert.AreEqual(0x00, _spi.Read(Spi.MISTAT));
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // Register 3-5: LLSTAT latches a failure until it is read; Register 3-6: LSTAT does not
    public void Link_status_and_its_latch()
    {
        Assert.AreEqual(0, _spi.ReadPhy(0x11) & 0x0400);
        _chip.Spend(_chip.LinkNanoseconds);
        Assert.AreEqual(0x0400, _spi.ReadPhy(0x11) & 0x0400);
        Assert.AreEqual(0, _spi.ReadPhy(0x01) & 0x0004, "it had not been up all the time");
        Assert.AreEqual(0x0004, _spi.ReadPhy(0x01) & 0x0004);
        _chip.SetCable(false);
        _chip.SetCable(true);
        _chip.Spend(_chip.LinkNanoseconds);
        Assert.AreEqual(0, _spi.ReadPhy(0x01) & 0x0004);
        Assert.AreEqual(0x0004, _spi.ReadPhy(0x01) & 0x0004);
    }

    [TestMethod] // 12.1.5: LINKIF needs PLNKIE and PGEIE; a read of PHIR clears PLNKIF, PGIF and LINKIF
    public void Link_change_interrupt_and_its_chain()
    {
        _spi.Write(Spi.EIE, 0x90);
        _spi.ReadPhy(0x13);
        _chip.Spend(_chip.LinkNanoseconds);
        Assert.AreEqual(0, _spi.Read(Spi.EIR) & 0x10);
        Assert.AreEqual(0x0010, _spi.ReadPhy(0x13));
        _spi.WritePhy(0x12, 0x0012);
        _chip.SetCable(false);
        Assert.AreEqual(0x10, _spi.Read(Spi.EIR) & 0x10);
        Assert.IsTrue(_chip.InterruptAsserted);
        _spi.Clear(Spi.EIR, 0x10);
        Assert.AreEqual(0x10, _spi.Read(Spi.EIR) & 0x10, "read-only");
        Assert.AreEqual(0x0014, _spi.ReadPhy(0x13));
        Assert.AreEqual(0, _spi.Read(Spi.EIR) & 0x10);
        Assert.IsFalse(_chip.InterruptAsserted);
        Assert.AreEqual(0x0000, _spi.ReadPhy(0x13));
    }

    [TestMethod] // 11.5: PRST resets the PHY's registers and clears itself
    public void Phy_reset_clears_itself()
    {
        _chip.Errata.Clear();
        _spi.WritePhy(0x14, 0x0476);
        _spi.WritePhy(0x00, 0x8000);
        Assert.AreEqual(0x8000, _chip.PeekPhy(0x00));
        Assert.AreEqual(0x3422, _chip.PeekPhy(0x14));
        _chip.Spend(_chip.PhyResetNanoseconds);
        Assert.AreEqual(0x0000, _chip.PeekPhy(0x00));
    }

    [TestMethod] // 2.6: the LED on LEDB decides PDPXMD at reset
    [DataRow(false, 0x0000)]
    [DataRow(true, 0x0100)]
    public void Led_strap_sets_the_duplex(bool full, int expected)
    {
        _chip.Errata.Clear();
        _chip.LedSelectsFullDuplex = full;
        _spi.Reset();
        Assert.AreEqual(expected, _spi.ReadPhy(0x00));
        Assert.AreEqual(full ? 0x0200 : 0, _spi.ReadPhy(0x11) & 0x0200, "PHSTAT2.DPXSTAT");
    }

    [TestMethod] // Register 3-4: PPWRSV takes the link down
    public void Phy_power_save_takes_the_link_down()
    {
        _chip.Spend(_chip.LinkNanoseconds);
        Assert.IsTrue(_chip.LinkUp);
        _spi.WritePhy(0x00, 0x0800);
        Assert.IsFalse(_chip.LinkUp);
        _spi.WritePhy(0x00, 0x0000);
        _chip.Spend(_chip.LinkNanoseconds);
        Assert.IsTrue(_chip.LinkUp);
    }

    [TestMethod]
    public void Reserved_and_read_only_registers_of_the_PHY_are_violations()
    {
        _spi.WritePhy(0x02, 0x1234);
        _spi.WritePhy(0x05, 0x1234);
        Assert.AreEqual(2, _chip.Violations);
        Assert.AreEqual(0x0083, _chip.PeekPhy(0x02));
    }
}
