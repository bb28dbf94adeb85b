using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>Flow control against DS39662E chapter 10.</summary>
[TestClass]
public sealed class FlowControlTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;
    private readonly FarEnd _wire = new();

    public FlowControlTests()
    {
        _spi = new Spi(_chip);
        _chip.Cable = _wire;
        _chip.Errata.Clear();
        _spi.Reset();
    }

    [TestMethod] // 10.1
    public void In_half_duplex_FCEN0_jams_the_medium()
    {
        _spi.Initialise();
        _spi.Write(Spi.EFLOCON, 0x01);
        Assert.IsFalse(_chip.Deliver(Spi.Frame(60, 1), 0, 60));
        _spi.Write(Spi.EFLOCON, 0x00);
        Assert.IsTrue(_chip.Deliver(Spi.Frame(60, 1), 0, 60));
    }

    [TestMethod] // 10.2, Register 10-1: 01 sends one pause frame, 11 one with the timer 0; both go back to 00
    public void In_full_duplex_pause_frames_are_sent()
    {
        _chip.PartnerFullDuplex = true;
        _spi.Initialise(fullDuplex: true);
        Assert.AreEqual(0x04, _spi.Read(Spi.EFLOCON), "FULDPXS");
        _spi.Write(Spi.EFLOCON, 0x01);
        _chip.Spend(100_000);
        Assert.AreEqual(0x04, _spi.Read(Spi.EFLOCON));
        byte[] expected = Convert.FromHexString("0180C2000001" + "02123456789A" + "8808" + "0001" + "1000" + new string('0', 84));
        CollectionAssert.AreEqual(expected, _wire.Frames.Single());
        _spi.Write(Spi.EFLOCON, 0x03);
        _chip.Spend(100_000);
        Assert.AreEqual(0, _wire.Frames[1][16] | _wire.Frames[1][17]);
    }

    [TestMethod] // 10: they repeat as long as FCEN is 10
    public void Pause_frames_repeat_before_the_pause_is_over()
    {
        _chip.PartnerFullDuplex = true;
        _spi.Initialise(fullDuplex: true);
        _spi.WritePair(Spi.EPAUS, 100);
        _spi.Write(Spi.EFLOCON, 0x02);
        _chip.Spend(10 * 100 * 51_200);
        Assert.IsGreaterThanOrEqualTo(10, _wire.Frames.Count);
        int sent = _wire.Frames.Count;
        _spi.Write(Spi.EFLOCON, 0x00);
        _chip.Spend(10 * 100 * 51_200);
        Assert.HasCount(sent, _wire.Frames);
    }

    [TestMethod] // MACON1.RXPAUS: units of 512 bit times
    public void A_received_pause_frame_stops_the_transmitter()
    {
        _chip.PartnerFullDuplex = true;
        _spi.Initialise(fullDuplex: true);
        byte[] pause = Convert.FromHexString("0180C2000001" + "020000000002" + "8808" + "0001" + "0064" + new string('0', 84));
        _chip.Deliver(pause, 0, pause.Length);
        _spi.Send(Spi.Frame(60, 1));
        _chip.Spend(100 * 51_200 - 200_000);
        Assert.HasCount(0, _wire.Frames);
        _chip.Spend(300_000);
        Assert.HasCount(1, _wire.Frames);
        Assert.AreEqual(0, _spi.Read(Spi.EPKTCNT));
    }
}
