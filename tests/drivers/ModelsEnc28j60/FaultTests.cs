using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The faults that are the ENC28J60's own. Those of any chip are in ModelsCommon.</summary>
[TestClass]
public sealed class FaultTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;
    private readonly FarEnd _wire = new();

    public FaultTests()
    {
        _spi = new Spi(_chip);
        _chip.Cable = _wire;
        _chip.Errata.Clear();
        _spi.Reset();
        _spi.Initialise();
    }

    [TestMethod]
    public void Bad_next_damages_the_pointer_and_nothing_else()
    {
        Assert.IsTrue(_chip.Faults.Set("bad-next", 1));
        Deliver(1);
        var packet = _spi.Packet(0);
        Assert.AreNotEqual(106, packet.Next);
        Assert.AreEqual(104, packet.Count);
        CollectionAssert.AreEqual(Spi.Frame(100, 1), _spi.ReadMemory(6, 100));
        Assert.AreEqual(110, _spi.ReadPair(Spi.ERXWRPT));
    }

    [TestMethod]
    public void Bad_count_damages_the_count_and_nothing_else()
    {
        Assert.IsTrue(_chip.Faults.Set("bad-count", 1));
        Deliver(1);
        byte[] header = _spi.ReadMemory(0, 4);
        Assert.AreEqual(110, header[0] | (header[1] << 8));
        Assert.AreNotEqual(104, header[2] | (header[3] << 8));
    }

    [TestMethod]
    public void Deaf_is_cured_by_a_receive_reset()
    {
        Assert.IsTrue(_chip.Faults.Set("deaf", 1));
        Assert.IsTrue(Deliver(1));
        Assert.IsFalse(Deliver(2));
        Assert.AreEqual(0x04, _spi.Read(Spi.ECON1) & 0x04, "and nothing shows it");
        Assert.AreEqual(0x00, _spi.Read(Spi.EIR) & 0x01);
        _chip.Faults.DeafEvery = 0;
        _spi.Set(Spi.ECON1, 0x40);
        _spi.Clear(Spi.ECON1, 0x40);
        _spi.Set(Spi.ECON1, 0x04);
        Assert.IsTrue(Deliver(3));
        Assert.AreEqual(1, _chip.FramesUnheard);
    }

    [TestMethod]
    public void Overflow_can_make_deaf()
    {
        Assert.IsTrue(_chip.Faults.Set("deaf-overflow", 1));
        while (Deliver(1))
        {
        }

        _spi.WritePair(Spi.ERXRDPT, _spi.ReadPair(Spi.ERXWRPT) - 1);
        Assert.IsFalse(Deliver(2));
        Assert.AreEqual(1, _chip.FramesUnheard);
    }

    [TestMethod]
    public void Stuck_transmission_ends_when_TXRTS_is_cleared()
    {
        Assert.IsTrue(_chip.Faults.Set("stuck-tx", 1));
        _spi.Send(Spi.Frame(60, 1));
        _chip.Spend(1_000_000_000);
        Assert.AreEqual(0x08, _spi.Read(Spi.ECON1) & 0x08);
        Assert.AreEqual(0x00, _spi.Read(Spi.EIR) & 0x0A);
        _chip.Faults.StickEvery = 0;
        _spi.Clear(Spi.ECON1, 0x08);
        _spi.Send(Spi.Frame(60, 1));
        _chip.Spend(1_000_000);
        Assert.HasCount(1, _wire.Frames);
    }

    [TestMethod]
    public void Bad_FCS_is_kept_out_by_the_CRC_filter()
    {
        Assert.IsTrue(_chip.Faults.Set("bad-fcs", 2));
        int stored = Enumerable.Range(0, 40).Count(Deliver);
        Assert.IsTrue(stored is > 8 and < 32, $"{stored}");
        Assert.AreEqual(40 - stored, _chip.FramesFiltered);
    }

    private bool Deliver(int number)
    {
        return _chip.Deliver(Spi.Frame(100, number), 0, 100);
    }
}
