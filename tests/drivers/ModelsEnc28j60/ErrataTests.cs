using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The items of DS80349C, each on and off, and with the workaround that the errata sheet gives.</summary>
[TestClass]
public sealed class ErrataTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;
    private readonly FarEnd _wire = new();

    public ErrataTests()
    {
        _spi = new Spi(_chip);
        _chip.Cable = _wire;
        _chip.Errata.Clear();
    }

    [TestMethod] // Items 1 and 3 to 8 concern B1 and B4 alone, or no driver at all
    public void Each_revision_has_its_own()
    {
        Assert.AreEqual(4, new Enc28j60Model(Enc28j60Errata.B1).Errata.SlowClockGarblesMac);
        Assert.AreEqual(4, new Enc28j60Model(Enc28j60Errata.B4).Errata.SlowClockGarblesMac);
        Assert.AreEqual(0, new Enc28j60Model(Enc28j60Errata.B5).Errata.SlowClockGarblesMac);
        Assert.AreEqual(0, new Enc28j60Model(Enc28j60Errata.B7).Errata.SlowClockGarblesMac);
        Assert.AreEqual(1, new Enc28j60Model(Enc28j60Errata.B7).Errata.WritePointerLoadsZero);
    }

    [TestMethod]
    public void Each_has_a_switch_by_its_number()
    {
        int[] items = [1, 2, 5, 6, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19];
        for (int item = 0; item <= 20; item++)
        {
            Assert.AreEqual(items.Contains(item), _chip.Errata.Set(item, 1), $"item {item}");
        }
    }

    [TestMethod]
    public void Item_1_MAC_registers_are_unreliable_below_8_MHz()
    {
        _chip.Errata.SlowClockGarblesMac = 2;
        _chip.ClockHz = 8_000_000;
        Assert.AreEqual(0, WrongReads());
        Assert.AreEqual(0, _chip.Violations);
        _chip.ClockHz = 7_999_999;
        Assert.IsGreaterThan(10, WrongReads());
        StringAssert.Contains(_chip.FirstViolation, "item 1");
    }

    [TestMethod]
    public void Item_2_CLKRDY_says_nothing_after_a_System_Reset()
    {
        _chip.Errata.ResetKeepsClockReady = 1;
        _spi.Raw(0xFF);
        Assert.AreEqual(1, _spi.Raw(0x1D, 0)[1] & 1);
        _chip.Spend(300_000);
        _spi.Read(Spi.MACLCON1);
        StringAssert.Contains(_chip.FirstViolation, "before the clocks are ready");
        _chip.Spend(700_000);
        Assert.AreEqual(0x0F, _spi.Read(Spi.MACLCON1));
        Assert.AreEqual(1, _chip.Violations);
        _chip.Errata.Clear();
        _spi.Raw(0xFF);
        Assert.AreEqual(0, _spi.Raw(0x1D, 0)[1] & 1, "what it should be");
    }

    [TestMethod]
    public void Item_5_the_write_pointer_becomes_0()
    {
        _chip.Errata.WritePointerLoadsZero = 1;
        _spi.WritePair(Spi.ERXST, 0x0400);
        Assert.AreEqual(0x0000, _spi.ReadPair(Spi.ERXWRPT));
    }

    [TestMethod]
    public void Item_6_PKTIF_lies_and_pin_and_count_do_not()
    {
        Ready();
        _spi.Write(Spi.EIE, 0xC0);
        Assert.IsTrue(_chip.Deliver(Spi.Frame(60, 1), 0, 60));
        _chip.Errata.PacketFlagLies = 2;
        int seen = Enumerable.Range(0, 100).Count(_ => (_spi.Read(Spi.EIR) & 0x40) != 0);
        Assert.IsTrue(seen is > 20 and < 80, $"{seen}");
        Assert.IsTrue(_chip.InterruptAsserted);
        Assert.AreEqual(1, _spi.Read(Spi.EPKTCNT));
    }

    [TestMethod]
    public void Item_9_and_10_loopback_is_damaged()
    {
        Ready();
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.WritePhy(0x00, 0x4000);
        _spi.Set(Spi.ECON1, 0x04);
        SendWhole(Spi.Frame(60, 1));
        CollectionAssert.AreEqual(Spi.Frame(60, 1), _spi.Packet(0).Data[..60]);
        _chip.Errata.HalfDuplexLoopbackFails = 1;
        _spi.Write(Spi.ERXFCON, 0x00);
        SendWhole(Spi.Frame(60, 1));
        CollectionAssert.AreNotEqual(Spi.Frame(60, 1), _spi.Packet(70).Data[..60]);
    }

    [TestMethod]
    public void Item_12_an_abort_stalls_the_transmit_logic_until_TXRST()
    {
        Ready();
        _chip.Errata.AbortStallsTransmit = 1;
        _chip.Faults.LateCollisionEvery = 1;
        SendWhole(Spi.Frame(600, 1));
        Assert.AreEqual(0x02, _spi.Read(Spi.EIR) & 0x02);
        _chip.Faults.LateCollisionEvery = 0;
        SendWhole(Spi.Frame(60, 2));
        Assert.AreEqual(0x08, _spi.Read(Spi.ECON1) & 0x08, "for ever");
        Assert.HasCount(0, _wire.Frames);

        // The errata sheet's workaround.
        _spi.Set(Spi.ECON1, 0x80);
        _spi.Clear(Spi.ECON1, 0x80);
        Assert.AreEqual(0x02, _spi.Read(Spi.EIR) & 0x02, "clearing TXRST may set TXERIF");
        _spi.Clear(Spi.EIR, 0x0A);
        SendWhole(Spi.Frame(60, 2));
        Assert.HasCount(1, _wire.Frames);
    }

    [TestMethod]
    public void Item_13_link_pulses_collide_with_frames_in_half_duplex()
    {
        Ready();
        _chip.Errata.LinkPulseCollides = 3;
        int stuck = 0;
        int aborted = 0;
        int sent = 0;
        for (int i = 0; i < 200; i++)
        {
            _spi.Clear(Spi.EIR, 0x0A);
            _spi.Send(Spi.Frame(600, i));
            _chip.Spend(200_000_000);
            bool late = (_spi.StatusVector()[3] & 0x20) != 0;
            int flags = _spi.Read(Spi.EIR) & 0x0A;
            switch (_spi.Read(Spi.ECON1) & 0x08, flags, late)
            {
                case (0x08, 0x00, true):
                    stuck++;
                    _spi.Clear(Spi.ECON1, 0x08);
                    break;
                case (0x00, 0x0A, true):
                    aborted++;
                    break;
                case (0x00, 0x08, false):
                    sent++;
                    break;
                default:
                    Assert.Fail($"frame {i}: flags {flags:X2}");
                    break;
            }
        }

        Assert.IsTrue(stuck > 10 && aborted > 10 && sent > 100, $"{stuck} stuck, {aborted} aborted, {sent} sent");
        Assert.HasCount(sent, _wire.Frames);
    }

    [TestMethod]
    public void Item_14_an_even_ERXRDPT_corrupts_what_is_received()
    {
        _chip.Errata.EvenReadPointerCorrupts = 1;
        Assert.AreEqual(0, Damaged(evenPointer: false));
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
        Assert.IsGreaterThan(20, Damaged(evenPointer: true));
        StringAssert.Contains(_chip.FirstViolation, "item 14");
    }

    [TestMethod] // 6.1 asks for ERXRDPT = ERXST before reception begins, and public drivers do so and work
    public void Item_14_does_no_harm_before_reception_begins()
    {
        _chip.Errata.EvenReadPointerCorrupts = 1;
        _spi.Reset();
        _spi.WritePair(Spi.ERXST, 0);
        _spi.WritePair(Spi.ERXRDPT, 0);
        _spi.Initialise();
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.WritePair(Spi.ERXRDPT, 0);
        _spi.Set(Spi.ECON1, 0x04);
        for (int i = 0; i < 10; i++)
        {
            Assert.IsTrue(_chip.Deliver(Spi.Frame(100, i), 0, 100));
            var packet = _spi.Packet(i * 110);
            Assert.AreEqual((i + 1) * 110, packet.Next);
            CollectionAssert.AreEqual(Spi.Frame(100, i), packet.Data[..100]);
        }

        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod]
    public void Item_15_LATECOL_stays_clear_and_the_vector_tells()
    {
        Ready();
        _chip.Errata.LateCollisionBitLies = 1;
        _chip.Faults.LateCollisionEvery = 1;
        SendWhole(Spi.Frame(600, 1));
        Assert.AreEqual(0x02, _spi.Read(Spi.ESTAT) & 0x12);
        Assert.AreEqual(0x20, _spi.StatusVector()[3]);
    }

    [TestMethod]
    public void Item_16_PDPXMD_is_misjudged_at_reset()
    {
        _chip.Errata.LedPolarityMisread = 1;
        _spi.Reset();
        Assert.AreEqual(0x0100, _spi.ReadPhy(0x00));
        _spi.WritePhy(0x00, 0x0000);
        Assert.AreEqual(0x0000, _spi.ReadPhy(0x00));
    }

    [TestMethod]
    public void Item_17_a_DMA_checksum_aborts_reception()
    {
        Ready();
        _chip.Errata.ChecksumAbortsReception = 1;
        _spi.WritePair(Spi.EDMAST, 0x0000);
        _spi.WritePair(Spi.EDMAND, 0x03FF);
        _spi.Set(Spi.ECON1, 0x30);
        Assert.IsFalse(_chip.Deliver(Spi.Frame(60, 1), 0, 60));
        Assert.AreEqual(0x01, _spi.Read(Spi.EIR) & 0x01, "RXERIF");
        Assert.AreEqual(0x40, _spi.Read(Spi.ESTAT) & 0x40, "BUFER");
        StringAssert.Contains(_chip.FirstViolation, "item 17");
        _chip.Spend(100_000);

        // A copy does no harm.
        _spi.Clear(Spi.ECON1, 0x10);
        _spi.WritePair(Spi.EDMADST, 0x1900);
        _spi.Set(Spi.ECON1, 0x20);
        Assert.IsTrue(_chip.Deliver(Spi.Frame(60, 1), 0, 60));
    }

    [TestMethod]
    public void Item_18_the_pattern_filter_leaks()
    {
        Ready();
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.Write(Spi.ERXFCON, 0x10);
        _spi.Set(Spi.ECON1, 0x04);
        byte[] frame = Spi.Frame(64, 1);
        _spi.WritePair(Spi.EPMCS, 0x1234);
        Assert.IsFalse(_chip.Deliver(frame, 0, 64));
        _chip.Errata.PatternFilterLeaks = 1;
        Assert.IsTrue(_chip.Deliver(frame, 0, 64));
    }

    [TestMethod]
    public void Item_19_the_System_Reset_is_ignored_in_power_save()
    {
        _chip.Errata.PowerSaveIgnoresReset = 1;
        _spi.Write(Spi.EIE, 0x08);
        _spi.Set(Spi.ECON2, 0x20);
        _spi.Reset();
        Assert.AreEqual(0x08, _spi.Read(Spi.EIE));
        StringAssert.Contains(_chip.FirstViolation, "item 19");
        _spi.Clear(Spi.ECON2, 0x20);
        _chip.Spend(300_000);
        _spi.Reset();
        Assert.AreEqual(0x00, _spi.Read(Spi.EIE));
    }

    private void Ready()
    {
        _spi.Reset();
        _spi.Initialise();
    }

    private void SendWhole(byte[] frame)
    {
        _spi.Send(frame);
        _chip.Spend(2_000_000);
    }

    private int WrongReads()
    {
        return Enumerable.Range(0, 100).Count(_ => _spi.Read(Spi.MACLCON1) != 0x0F);
    }

    private int Damaged(bool evenPointer)
    {
        Ready();
        int damaged = 0;
        int at = 0;
        for (int i = 0; i < 40; i++)
        {
            byte[] frame = Spi.Frame(100, i);
            Assert.IsTrue(_chip.Deliver(frame, 0, frame.Length));
            int next = _spi.ReadPair(Spi.ERXWRPT);
            var packet = _spi.Packet(at);
            bool whole = packet.Next == next && packet.Count == 104 && packet.Status == 0x00C0
                && packet.Data.AsSpan(0, 100).SequenceEqual(frame) && BitConverter.ToUInt32(packet.Data, 100) == EmbeddedTcp.ChipModels.Crc32.Fcs(frame, 0, 100);
            damaged += whole ? 0 : 1;
            at = next;
            _spi.WritePair(Spi.ERXRDPT, evenPointer ? next : next == 0 ? 0x17FF : next - 1);
            _spi.Set(Spi.ECON2, 0x40);
        }

        return damaged;
    }
}
