using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The receive buffer against DS39662E 7.2 and 12.1.2.</summary>
[TestClass]
public sealed class ReceiveTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;

    public ReceiveTests()
    {
        _spi = new Spi(_chip);
        _chip.Errata.Clear();
        _spi.Reset();
        _spi.Initialise();
    }

    [TestMethod] // Figure 7-3: packet after packet, each on an even address
    public void Packets_follow_each_other_on_even_addresses()
    {
        int at = 0;
        for (int length = 60; length < 70; length++)
        {
            Assert.IsTrue(Deliver(Spi.Frame(length, length)));
            var packet = _spi.Packet(at);
            Assert.AreEqual(0, packet.Next & 1);
            Assert.AreEqual(at + ((6 + length + 4 + 1) & ~1), packet.Next);
            CollectionAssert.AreEqual(Spi.Frame(length, length), packet.Data[..length]);
            at = packet.Next;
        }

        Assert.AreEqual(10, _spi.Read(Spi.EPKTCNT));
    }

    [TestMethod] // 3.2.1: from ERXND the write pointer goes on at ERXST, in the middle of whatever it writes
    public void Packets_wrap_at_the_end_of_the_ring()
    {
        var random = new Random(1);
        int at = 0;
        int wraps = 0;
        for (int i = 0; i < 200; i++)
        {
            byte[] frame = Spi.Frame(random.Next(60, 1515), i);
            Assert.IsTrue(Deliver(frame), $"frame {i}");
            var packet = _spi.Packet(at);
            Assert.AreEqual(frame.Length + 4, packet.Count);
            CollectionAssert.AreEqual(frame, packet.Data[..^4]);
            wraps += packet.Next < at ? 1 : 0;
            at = packet.Next;
            Release(at);
        }

        Assert.IsGreaterThan(15, wraps);
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // Example 7-2 and 7.2.4: "up to, but not including" ERXRDPT; the packet is aborted, RXERIF set
    public void A_packet_that_does_not_fit_is_lost_whole_and_said()
    {
        // The ring of 0000 to 17FF with ERXRDPT at 17FF has room for 6,143 bytes: three packets of 1,524 and one of 1,570.
        for (int i = 0; i < 3; i++)
        {
            Assert.IsTrue(Deliver(Spi.Frame(1514, i)));
        }

        Assert.AreEqual(0, _spi.Read(Spi.EIR) & 0x01);
        _spi.WritePair(Spi.ERXRDPT, 3 * 1524 + 1524);
        Assert.IsFalse(Deliver(Spi.Frame(1514, 3)), "one byte too few");
        Assert.AreEqual(0x01, _spi.Read(Spi.EIR) & 0x01);
        Assert.AreEqual(3, _spi.Read(Spi.EPKTCNT));
        Assert.AreEqual(3 * 1524, _spi.ReadPair(Spi.ERXWRPT));
        _spi.WritePair(Spi.ERXRDPT, 3 * 1524 + 1525);
        _spi.Clear(Spi.EIR, 0x01);
        Assert.IsTrue(Deliver(Spi.Frame(1514, 3)));
        Assert.AreEqual(0, _spi.Read(Spi.EIR) & 0x01);
        Assert.AreEqual(0x0001, _spi.Packet(3 * 1524).Status & 0x0001, "Table 7-3, bit 16: a packet was dropped before this one");
    }

    [TestMethod] // 12.1.2: the count cannot pass 255
    public void The_256th_packet_is_lost_and_said()
    {
        for (int i = 0; i < 255; i++)
        {
            Assert.IsTrue(Deliver(Spi.Frame(60, i)));
            _spi.WritePair(Spi.ERXRDPT, _spi.ReadPair(Spi.ERXWRPT) == 0 ? 0x17FF : _spi.ReadPair(Spi.ERXWRPT) - 1);
        }

        Assert.IsFalse(Deliver(Spi.Frame(60, 0)));
        Assert.AreEqual(255, _spi.Read(Spi.EPKTCNT));
        Assert.AreEqual(0x01, _spi.Read(Spi.EIR) & 0x01);
        _spi.Set(Spi.ECON2, 0x40);
        Assert.AreEqual(254, _spi.Read(Spi.EPKTCNT));
        Assert.IsTrue(Deliver(Spi.Frame(60, 0)));
    }

    [TestMethod] // ECON2.PKTDEC clears itself; the count stops at 0
    public void Decrementing_an_empty_count_is_a_violation()
    {
        _spi.Set(Spi.ECON2, 0x40);
        Assert.AreEqual(0x80, _spi.Read(Spi.ECON2));
        Assert.AreEqual(0, _spi.Read(Spi.EPKTCNT));
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod] // ECON1.RXEN, MACON1.MARXEN, ECON1.RXRST
    public void Nothing_is_received_unless_both_enables_are_set()
    {
        _spi.Clear(Spi.ECON1, 0x04);
        Assert.IsFalse(Deliver(Spi.Frame(60, 1)));
        _spi.Set(Spi.ECON1, 0x04);
        _spi.Write(Spi.MACON1, 0x00);
        Assert.IsFalse(Deliver(Spi.Frame(60, 1)));
        _spi.Write(Spi.MACON1, 0x01);
        Assert.IsTrue(Deliver(Spi.Frame(60, 1)));
        Assert.AreEqual(2, _chip.FramesNotReceived);
    }

    [TestMethod] // 11.4: RXRST clears RXEN and leaves the buffer and its pointers alone
    public void Receive_reset_disables_reception_and_keeps_the_buffer()
    {
        Deliver(Spi.Frame(60, 1));
        _spi.Set(Spi.ECON1, 0x40);
        Assert.AreEqual(0x40, _spi.Read(Spi.ECON1) & 0x44);
        Assert.IsFalse(Deliver(Spi.Frame(60, 2)));
        _spi.Clear(Spi.ECON1, 0x40);
        Assert.IsFalse(Deliver(Spi.Frame(60, 2)));
        Assert.AreEqual(70, _spi.ReadPair(Spi.ERXWRPT));
        Assert.AreEqual(1, _spi.Read(Spi.EPKTCNT));
        _spi.Set(Spi.ECON1, 0x04);
        Assert.IsTrue(Deliver(Spi.Frame(60, 2)));
    }

    [TestMethod] // 7.2.1: "should not be modified" while RXEN is set
    public void Ring_bounds_changed_during_reception_are_a_violation()
    {
        _spi.Write(Spi.ERXND, 0xFF);
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod] // Table 7-3
    [DataRow("FFFFFFFFFFFF", 0x0800, 60, 0x02C0)]
    [DataRow("01005E000001", 0x0800, 60, 0x01C0)]
    [DataRow("02123456789A", 0x002E, 60, 0x0080)]
    [DataRow("02123456789A", 0x0040, 60, 0x00A0)]
    [DataRow("02123456789A", 0x0040, 78, 0x0080)]
    [DataRow("02123456789A", 0x0010, 60, 0x0080)]
    [DataRow("02123456789A", 0x8100, 64, 0x40C0)]
    public void Status_vector_tells_what_came(string destination, int type, int length, int status)
    {
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.Write(Spi.ERXFCON, 0x20);
        _spi.Set(Spi.ECON1, 0x04);
        byte[] frame = Spi.Frame(length, 1);
        Convert.FromHexString(destination).CopyTo(frame, 0);
        frame[12] = (byte)(type >> 8);
        frame[13] = (byte)type;
        Assert.IsTrue(Deliver(frame));
        Assert.AreEqual(status, _spi.Packet(0).Status);
    }

    [TestMethod] // Register 6-2, HFRMEN; MAMXFL
    public void A_frame_longer_than_MAMXFL_is_dropped_unless_huge_frames_are_wanted()
    {
        byte[] frame = Spi.Frame(1515, 1);
        Assert.IsFalse(Deliver(frame));
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.Write(Spi.MACON3, 0x36);
        _spi.Set(Spi.ECON1, 0x04);
        Assert.IsTrue(Deliver(frame));
        Assert.AreEqual(1, _chip.FramesMalformed);
    }

    [TestMethod]
    public void Short_frames_are_padded_by_the_far_end_or_taken_as_they_are()
    {
        Assert.IsTrue(Deliver(Spi.Frame(20, 1)));
        Assert.AreEqual(64, _spi.Packet(0).Count);
        _chip.PadDelivered = false;
        Assert.IsTrue(Deliver(Spi.Frame(20, 1)));
        Assert.AreEqual(24, _spi.Packet(70).Count);
        Assert.IsFalse(_chip.Deliver(new byte[13], 0, 13));
    }

    [TestMethod] // A frame of 1,514 bytes takes (8 + 1514 + 4) x 0.8 us = 1,220.8 us; ESTAT.RXBUSY meanwhile
    public void Reception_can_take_the_time_of_the_wire()
    {
        _chip.ReceptionTakesTime = true;
        Assert.IsTrue(Deliver(Spi.Frame(1514, 1)));
        Assert.IsTrue(Deliver(Spi.Frame(60, 2)));
        long start = _chip.NowNanoseconds;
        Assert.AreEqual(0x04, _spi.Read(Spi.ESTAT) & 0x04);
        Assert.AreEqual(0x1000, _chip.PeekPhy(0x11) & 0x1000, "PHSTAT2.RXSTAT");
        _chip.Spend(start + 1_220_799 - _chip.NowNanoseconds);
        Assert.AreEqual(0, _chip.Peek(1, 0x19));
        _chip.Spend(1);
        Assert.AreEqual(1, _chip.Peek(1, 0x19));
        _chip.Spend(9_600 + 57_600);
        Assert.AreEqual(2, _chip.Peek(1, 0x19));
        Assert.AreEqual(0, _spi.Read(Spi.ESTAT) & 0x04);
    }

    private bool Deliver(byte[] frame) => _chip.Deliver(frame, 0, frame.Length);

    private void Release(int next)
    {
        _spi.WritePair(Spi.ERXRDPT, next == 0 ? 0x17FF : next - 1);
        _spi.Set(Spi.ECON2, 0x40);
    }
}
