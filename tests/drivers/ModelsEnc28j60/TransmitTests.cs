using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>Transmission against DS39662E 7.1, chapter 10 and Registers 6-2, 6-3.</summary>
[TestClass]
public sealed class TransmitTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;
    private readonly FarEnd _wire = new();

    public TransmitTests()
    {
        _spi = new Spi(_chip);
        _chip.Cable = _wire;
        _chip.Errata.Clear();
        _spi.Reset();
        _spi.Initialise();
    }

    [TestMethod] // 10 Mbit/s: preamble 8, frame 1514, FCS 4: 1,220.8 us
    public void A_full_frame_takes_the_time_of_the_wire()
    {
        _spi.Send(Spi.Frame(1514, 1));
        _chip.Spend(1_219_000);
        Assert.AreEqual(0x08, _chip.Peek(0, 0x1F) & 0x08);
        Assert.HasCount(0, _wire.Frames);
        _chip.Spend(2_000);
        Assert.AreEqual(0x00, _chip.Peek(0, 0x1F) & 0x08);
        Assert.HasCount(1, _wire.Frames);
        CollectionAssert.AreEqual(new byte[] { 0xEE, 0x05, 0xC0, 0x00, 0xEE, 0x05, 0x00 }, _spi.StatusVector());
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // Table 7-1, bits 25:20 and 51:48
    [DataRow("FFFFFFFFFFFF", 0x0800, new byte[] { 64, 0, 0xC0, 0x02, 64, 0, 0x00 })]
    [DataRow("01005E000001", 0x0800, new byte[] { 64, 0, 0xC0, 0x01, 64, 0, 0x00 })]
    [DataRow("020000000002", 0x002E, new byte[] { 64, 0, 0x80, 0x00, 64, 0, 0x00 })]
    [DataRow("020000000002", 0x0030, new byte[] { 64, 0, 0xA0, 0x00, 64, 0, 0x00 })]
    [DataRow("0180C2000001", 0x8808, new byte[] { 64, 0, 0xC0, 0x01, 64, 0, 0x03 })]
    [DataRow("020000000002", 0x8100, new byte[] { 64, 0, 0xC0, 0x00, 64, 0, 0x08 })]
    public void Status_vector_tells_what_went(string destination, int type, byte[] vector)
    {
        byte[] frame = new byte[60];
        Convert.FromHexString(destination).CopyTo(frame, 0);
        frame[12] = (byte)(type >> 8);
        frame[13] = (byte)type;
        frame[15] = 0x01;
        SendWhole(frame);
        CollectionAssert.AreEqual(vector, _spi.StatusVector(), Convert.ToHexString(_spi.StatusVector()));
    }

    [TestMethod] // Register 6-2, PADCFG and TXCRCEN, for a frame of 20 bytes
    [DataRow(0x32, 60, false)]
    [DataRow(0x72, 64, false)]
    [DataRow(0xF2, 64, false)]
    [DataRow(0xB2, 60, false)]
    [DataRow(0x12, 20, false)]
    [DataRow(0x02, 0, true)]
    public void Padding_and_FCS_follow_MACON3(int macon3, int length, bool badFcs)
    {
        _spi.Write(Spi.MACON3, macon3);
        SendWhole(Spi.Frame(20, 1));
        if (badFcs)
        {
            Assert.HasCount(0, _wire.Frames);
            Assert.AreEqual(1, _chip.BadFcsTransmitted);
            Assert.AreEqual(0x10, _spi.StatusVector()[2] & 0x10, "Transmit CRC Error");
            return;
        }

        Assert.HasCount(length, _wire.Frames[0]);
        Assert.AreEqual(length < 60 ? 1 : 0, _chip.RuntsTransmitted);
    }

    [TestMethod] // Register 6-2, PADCFG 101: VLAN frames to 64 bytes
    public void Padding_knows_VLAN_frames()
    {
        _spi.Write(Spi.MACON3, 0xB2);
        byte[] frame = Spi.Frame(20, 1);
        frame[12] = 0x81;
        frame[13] = 0x00;
        SendWhole(frame);
        Assert.HasCount(64, _wire.Frames[0]);
    }

    [TestMethod] // Figure 7-1: POVERRIDE, PCRCEN, PPADEN
    public void Control_byte_overrides_MACON3()
    {
        _spi.Write(Spi.MACON3, 0x02);
        SendWhole(Spi.Frame(20, 1), 0x07);
        Assert.HasCount(60, _wire.Frames[0]);
        SendWhole(Spi.Frame(20, 1), 0x03);
        Assert.HasCount(20, _wire.Frames[1]);
        SendWhole(Spi.Frame(20, 1), 0x01);
        Assert.AreEqual(1, _chip.BadFcsTransmitted);
        _spi.Write(Spi.MACON3, 0x32);
        SendWhole(Spi.Frame(20, 1), 0x06);
        Assert.HasCount(60, _wire.Frames[2]);
    }

    [TestMethod] // A frame may bring its own FCS
    public void An_FCS_that_the_host_wrote_is_checked_and_sent()
    {
        _spi.Write(Spi.MACON3, 0x02);
        byte[] frame = Spi.Frame(60, 1);
        uint fcs = EmbeddedTcp.ChipModels.Crc32.Fcs(frame, 0, 60);
        SendWhole([.. frame, (byte)fcs, (byte)(fcs >> 8), (byte)(fcs >> 16), (byte)(fcs >> 24)]);
        CollectionAssert.AreEqual(frame, _wire.Frames[0]);
    }

    [TestMethod] // 12.1.3: longer than MAMXFL without HFRMEN or PHUGEEN: abort
    public void A_frame_longer_than_MAMXFL_is_aborted_unless_huge_frames_are_wanted()
    {
        SendWhole(Spi.Frame(1515, 1));
        Assert.HasCount(0, _wire.Frames);
        Assert.AreEqual(0x0A, _spi.Read(Spi.EIR) & 0x0A, "TXERIF and TXIF");
        Assert.AreEqual(0x02, _spi.Read(Spi.ESTAT) & 0x02, "TXABRT");
        Assert.AreEqual(0x40, _spi.StatusVector()[3] & 0x40, "Transmit Giant");
        SendWhole(Spi.Frame(1515, 1), 0x0F);
        Assert.HasCount(1, _wire.Frames);
    }

    [TestMethod] // 7.1: "it can clear the TXRTS bit"
    public void The_host_may_cancel()
    {
        _spi.Send(Spi.Frame(1514, 1));
        _spi.Clear(Spi.ECON1, 0x08);
        Assert.AreEqual(0x08, _spi.Read(Spi.EIR) & 0x0A);
        Assert.AreEqual(0x02, _spi.Read(Spi.ESTAT) & 0x02);
        Assert.AreEqual(0x00, _spi.StatusVector()[2] & 0x80, "not done");
        _chip.Spend(2_000_000);
        Assert.HasCount(0, _wire.Frames);
        _spi.Clear(Spi.EIR, 0x08);
        SendWhole(Spi.Frame(60, 2));
        Assert.HasCount(1, _wire.Frames);
    }

    [TestMethod] // 11.3
    public void Transmit_reset_aborts_and_clears_TXRTS()
    {
        _spi.Send(Spi.Frame(1514, 1));
        _spi.Set(Spi.ECON1, 0x80);
        Assert.AreEqual(0x80, _spi.Read(Spi.ECON1) & 0x88);
        _spi.Set(Spi.ECON1, 0x08);
        Assert.AreEqual(1, _chip.Violations);
        _spi.Clear(Spi.ECON1, 0x88);
        SendWhole(Spi.Frame(60, 2));
        Assert.HasCount(1, _wire.Frames);
    }

    [TestMethod] // 3.2.2: the vector is written behind the frame
    public void A_frame_or_vector_inside_the_receive_buffer_is_a_violation()
    {
        _spi.WritePair(Spi.ETXST, 0x1780);
        _spi.WritePair(Spi.ETXND, 0x1780 + 60);
        _spi.Set(Spi.ECON1, 0x08);
        Assert.AreEqual(1, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "receive buffer");
    }

    [TestMethod] // 7.1: "none of the unshaded bits should be changed"
    public void Pointers_changed_during_transmission_are_a_violation()
    {
        _spi.Send(Spi.Frame(1514, 1));
        _spi.Write(Spi.ETXND, 0);
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod] // IEEE 802.3: collision, backoff, once more; MACLCON1 bounds it
    public void Collisions_are_retried_and_counted()
    {
        _chip.Faults.Seed(3);
        _chip.Faults.CollisionEvery = 2;
        int collided = 0;
        for (int i = 0; i < 50; i++)
        {
            _spi.Send(Spi.Frame(60, i));
            _chip.Spend(600_000_000);
            byte[] vector = _spi.StatusVector();
            int collisions = vector[2] & 0x0F;
            int onWire = vector[4] | (vector[5] << 8);
            Assert.AreEqual(0x80, vector[2] & 0x80);
            Assert.IsTrue(collisions == 0 ? onWire == 64 : onWire >= 64 && onWire <= 64 + 56 * collisions);
            collided += collisions > 0 ? 1 : 0;
        }

        Assert.IsTrue(collided is > 10 and < 40, $"{collided}");
        Assert.HasCount(50, _wire.Frames);
    }

    [TestMethod] // 12.1.3, 1: RETMAX
    public void Too_many_collisions_abort()
    {
        _chip.Faults.CollisionEvery = 1;
        _spi.Send(Spi.Frame(60, 1));
        _chip.Spend(2_000_000_000);
        Assert.AreEqual(0x0A, _spi.Read(Spi.EIR) & 0x0A);
        Assert.AreEqual(0x10, _spi.StatusVector()[3], "Excessive Collision");
        Assert.AreEqual(0x02, _spi.Read(Spi.ESTAT) & 0x12);
    }

    [TestMethod] // 12.1.3, 2: COLWIN
    public void A_late_collision_aborts_at_once()
    {
        _chip.Faults.LateCollisionEvery = 1;
        _spi.Send(Spi.Frame(600, 1));
        _chip.Spend(600_000);
        Assert.AreEqual(0x0A, _spi.Read(Spi.EIR) & 0x0A);
        Assert.AreEqual(0x20, _spi.StatusVector()[3], "Late Collision");
        Assert.AreEqual(0x12, _spi.Read(Spi.ESTAT) & 0x12);
        _spi.Clear(Spi.ESTAT, 0x12);
        Assert.AreEqual(0x00, _spi.Read(Spi.ESTAT) & 0x12);
    }

    [TestMethod] // Register 6-3, DEFER: wait for ever, or give up after 2.4287 ms
    [DataRow(0x40, 0x80, 0x04)]
    [DataRow(0x00, 0x00, 0x08)]
    public void Excessive_deferral_aborts_unless_the_MAC_may_wait(int macon4, int done, int deferral)
    {
        _chip.Faults.DeferEvery = 1;
        _spi.Write(Spi.MACON4, macon4);
        bool seen = false;
        for (int i = 0; i < 40 && !seen; i++)
        {
            _chip.Faults.Seed(i);
            _spi.Send(Spi.Frame(60, 1));
            _chip.Spend(4_000_000);
            byte[] vector = _spi.StatusVector();
            seen = (vector[2] & 0x80) == done && (vector[3] & deferral) != 0;
        }

        Assert.IsTrue(seen);
    }

    [TestMethod] // Half duplex: who wants to send waits for who is sending
    public void Transmission_waits_for_reception_in_half_duplex()
    {
        _chip.ReceptionTakesTime = true;
        byte[] frame = Spi.Frame(1514, 1);
        _chip.Deliver(frame, 0, frame.Length);
        _spi.Send(Spi.Frame(60, 2));
        _chip.Spend(1_220_800);
        Assert.HasCount(0, _wire.Frames);
        _chip.Spend(100_000);
        Assert.HasCount(1, _wire.Frames);
        Assert.AreEqual(0x04, _spi.StatusVector()[3] & 0x04, "Packet Defer");
    }

    [TestMethod] // 9.1: half duplex loops back unless PHCON2.HDLDIS
    public void Half_duplex_loops_back_unless_told_otherwise()
    {
        SendWhole(Spi.Frame(60, 1));
        Assert.AreEqual(0, _spi.Read(Spi.EPKTCNT));
        _spi.WritePhy(0x10, 0x0000);
        SendWhole(Spi.Frame(60, 2));
        Assert.AreEqual(1, _spi.Read(Spi.EPKTCNT));
        CollectionAssert.AreEqual(Spi.Frame(60, 2), _spi.Packet(0).Data[..60]);
        Assert.HasCount(2, _wire.Frames);
    }

    [TestMethod] // Register 3-4, PLOOPBK: nothing goes out
    public void Phy_loopback_keeps_frames_inside()
    {
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.WritePhy(0x00, 0x4000);
        _spi.Set(Spi.ECON1, 0x04);
        SendWhole(Spi.Frame(60, 1));
        Assert.AreEqual(1, _spi.Read(Spi.EPKTCNT));
        Assert.HasCount(0, _wire.Frames);
    }

    [TestMethod] // 9.0: the partner takes this chip for half duplex
    public void Duplex_mismatch_loses_frames()
    {
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.WritePhy(0x00, 0x0100);
        _spi.Write(Spi.MACON3, 0x33);
        for (int i = 0; i < 100; i++)
        {
            SendWhole(Spi.Frame(200, i));
        }

        Assert.IsTrue(_wire.Frames.Count is > 50 and < 95, $"{_wire.Frames.Count}");
        _chip.PartnerFullDuplex = true;
        for (int i = 0; i < 100; i++)
        {
            SendWhole(Spi.Frame(200, i));
        }

        Assert.AreEqual(200 - _chip.FramesLost, _wire.Frames.Count);
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 6.5: FULDPX is PDPXMD
    public void Different_duplex_of_MAC_and_PHY_is_a_violation()
    {
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.Write(Spi.MACON3, 0x33);
        _spi.Set(Spi.ECON1, 0x04);
        Assert.AreEqual(1, _chip.Violations);
        _spi.Write(Spi.MACON3, 0x32);
        Assert.AreEqual(2, _chip.Violations, "changed with RXEN set");
    }

    [TestMethod] // A frame without a link is gone, and TXIF comes all the same
    public void A_frame_without_a_link_is_lost()
    {
        _chip.SetCable(false);
        SendWhole(Spi.Frame(60, 1));
        Assert.AreEqual(0x08, _spi.Read(Spi.EIR) & 0x0A);
        Assert.AreEqual(1, _chip.FramesLost);
        Assert.HasCount(0, _wire.Frames);
    }

    private void SendWhole(byte[] frame, byte control = 0)
    {
        _spi.Send(frame, control);
        _chip.Spend(1_400_000);
    }
}
