using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>The model's MACRAW socket, filters and PHY against data sheet 4.1, 4.2 and what drivers have seen on chips.</summary>
[TestClass]
public sealed class ModelMacTests
{
    private static readonly byte[] _broadcast = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    private static readonly byte[] _other = [0x02, 0x12, 0x34, 0x56, 0x78, 0x9B];
    private static readonly byte[] _ipv4Multicast = [0x01, 0x00, 0x5E, 0x00, 0x00, 0xFB];
    private static readonly byte[] _ipv6Multicast = [0x33, 0x33, 0x00, 0x00, 0x00, 0x01];
    private static readonly byte[] _spanningTree = [0x01, 0x80, 0xC2, 0x00, 0x00, 0x00];

    private readonly W5500Model _chip = new();
    private readonly FarEnd _wire = new();
    private readonly Spi _spi;

    public ModelMacTests()
    {
        _spi = new Spi(_chip);
        _chip.Cable = _wire;
    }

    [TestMethod] // MACRAW: a 2-byte big-endian length that counts itself, then the frame without FCS
    public void Received_frame_is_prefixed_with_its_length()
    {
        _spi.OpenMacRaw();
        byte[] frame = Rig.Frame(300, 1);
        Assert.IsTrue(_chip.Deliver(frame, 0, 300));
        Assert.AreEqual(302, _spi.Word(Spi.S0, 0x26));
        CollectionAssert.AreEqual(new byte[] { 302 >> 8, 302 & 0xFF }, _spi.Read(Spi.Rx0, 0, 2));
        CollectionAssert.AreEqual(frame, _spi.Read(Spi.Rx0, 2, 300));
        Assert.AreEqual(0x04, _spi.Byte(Spi.S0, 0x02));
    }

    [TestMethod] // 4.2 Sn_RX_RD: the room is given back by RECV, not by writing the pointer
    public void Received_size_changes_at_RECV_only()
    {
        _spi.OpenMacRaw();
        Arrive(Rig.Mac, 100);
        Arrive(Rig.Mac, 100);
        _spi.WriteWord(Spi.S0, 0x28, 102);
        Assert.AreEqual(204, _spi.Word(Spi.S0, 0x26));
        _spi.Command(0x40);
        Assert.AreEqual(102, _spi.Word(Spi.S0, 0x26));
    }

    [TestMethod] // Registers are not latched (v1.0.9 has one read Sn_RX_RSR until two reads agree)
    public void A_16_bit_read_tears_when_a_frame_arrives_between_its_bytes()
    {
        _spi.OpenMacRaw();
        Arrive(Rig.Mac, 200);
        Assert.AreEqual(0x00CA, _spi.Word(Spi.S0, 0x26));

        // Three bytes of header and the first data byte are out when the frame of 62 more bytes arrives.
        _chip.SetAlarm(_chip.NowNanoseconds + 4 * 400, new Arrival(Rig.Frame(60, 2)));
        Assert.AreEqual(0x0008, _spi.Word(Spi.S0, 0x26));
        Assert.AreEqual(0x0108, _spi.Word(Spi.S0, 0x26));
    }

    [TestMethod] // Free-running 16-bit pointers over a 2 KB block: frames lie across the wrap, for more than 64 KB
    public void Receive_pointers_wrap_at_64_KB_and_memory_at_2_KB()
    {
        _spi.OpenMacRaw();
        int readPointer = 0;
        for (int i = 0; i < 100; i++)
        {
            byte[] frame = Rig.Frame(999, i);
            Assert.IsTrue(_chip.Deliver(frame, 0, 999));
            CollectionAssert.AreEqual(frame, _spi.Read(Spi.Rx0, (readPointer + 2) & 0xFFFF, 999));
            readPointer = (readPointer + 1001) & 0xFFFF;
            _spi.WriteWord(Spi.S0, 0x28, readPointer);
            _spi.Command(0x40);
            Assert.AreEqual(0, _spi.Word(Spi.S0, 0x26));
            Assert.AreEqual(readPointer, _spi.Word(Spi.S0, 0x2A));
        }
    }

    [TestMethod] // Whole frames only: what does not fit leaves no trace
    public void A_frame_that_does_not_fit_is_dropped_whole()
    {
        _spi.OpenMacRaw();
        Assert.IsTrue(Arrive(Rig.Mac, 1514));
        Assert.IsTrue(Arrive(Rig.Mac, 2048 - 1516 - 2));
        Assert.AreEqual(2048, _spi.Word(Spi.S0, 0x26));
        _spi.Write(Spi.S0, 0x02, 0x04);
        Assert.IsFalse(Arrive(Rig.Mac, 60));
        Assert.AreEqual(1, _chip.FramesOverrun);
        Assert.AreEqual(2048, _spi.Word(Spi.S0, 0x26));
        Assert.AreEqual(0, _spi.Byte(Spi.S0, 0x02));
    }

    [TestMethod]
    public void Runts_are_dropped_unless_the_far_end_pads()
    {
        _spi.OpenMacRaw();
        _chip.PadDelivered = false;
        Assert.IsFalse(Arrive(Rig.Mac, 59));
        Assert.IsFalse(Arrive(Rig.Mac, 1519));
        _chip.PadDelivered = true;
        Assert.IsTrue(Arrive(Rig.Mac, 42));
        Assert.AreEqual(62, _spi.Word(Spi.S0, 0x26));
        CollectionAssert.AreEqual(new byte[18], _spi.Read(Spi.Rx0, 2 + 42, 18));
        Assert.AreEqual(2, _chip.FramesMalformed);
    }

    [TestMethod]
    // mode, observed, own, other, broadcast, IPv4 multicast, IPv6 multicast, 802.1 multicast, IPv6 unicast
    [DataRow(0x04, false, true, true, true, true, true, true, true, DisplayName = "no filter")]
    [DataRow(0x84, false, true, false, true, true, true, true, true, DisplayName = "MFEN, data sheet")]
    [DataRow(0xA4, false, true, false, true, false, false, false, true, DisplayName = "MFEN MMB, data sheet")]
    [DataRow(0xC4, false, true, false, false, true, true, true, true, DisplayName = "MFEN BCASTB, data sheet")]
    [DataRow(0x94, false, true, false, true, true, false, true, false, DisplayName = "MFEN MIP6B, data sheet")]
    [DataRow(0x84, true, true, false, true, true, true, false, true, DisplayName = "MFEN, observed")]
    [DataRow(0xA4, true, true, false, true, false, true, false, true, DisplayName = "MFEN MMB, observed")]
    [DataRow(0xB4, true, true, false, true, false, false, false, false, DisplayName = "MFEN MMB MIP6B, observed")]
    public void Filter_table(int mode, bool observed, bool own, bool other, bool broadcast, bool ipv4, bool ipv6, bool stp, bool ipv6Unicast)
    {
        _chip.ObservedMulticastFilter = observed;
        _spi.OpenMacRaw(mode);
        Assert.AreEqual(own, Arrive(Rig.Mac, 60), "own address");
        Assert.AreEqual(other, Arrive(_other, 60), "another's address");
        Assert.AreEqual(broadcast, Arrive(_broadcast, 60), "broadcast");
        Assert.AreEqual(ipv4, Arrive(_ipv4Multicast, 60), "IPv4 multicast");
        Assert.AreEqual(ipv6, Arrive(_ipv6Multicast, 60, 0x86DD), "IPv6 multicast");
        Assert.AreEqual(stp, Arrive(_spanningTree, 60, 0x0026), "802.1 multicast");
        Assert.AreEqual(ipv6Unicast, Arrive(Rig.Mac, 60, 0x86DD), "IPv6 unicast");
    }

    [TestMethod] // 4.2: SEND takes Sn_TX_RD..Sn_TX_WR; then SENDOK, Sn_TX_RD = Sn_TX_WR and the room is free
    public void Send_goes_from_TX_RD_to_TX_WR()
    {
        _spi.OpenMacRaw();
        byte[] frame = Rig.Frame(200, 1);
        Upload(0, frame);
        Assert.AreEqual(2048, _spi.Word(Spi.S0, 0x20), "room is taken at SEND");
        _spi.Write(Spi.S0, 0x01, 0x20);
        _chip.Spend(1_000);
        Assert.AreEqual(2048 - 200, _spi.Word(Spi.S0, 0x20));
        Assert.AreEqual(0, _spi.Byte(Spi.S0, 0x02));
        _chip.Spend(20_000);
        Assert.AreEqual(0x10, _spi.Byte(Spi.S0, 0x02));
        Assert.AreEqual(200, _spi.Word(Spi.S0, 0x22));
        Assert.AreEqual(2048, _spi.Word(Spi.S0, 0x20));
        CollectionAssert.AreEqual(frame, _wire.Frames.Single());
    }

    [TestMethod]
    [DataRow(true, 60, 6_720)] // (60 + 24) bytes of 80 ns
    [DataRow(true, 1514, 123_040)] // (1514 + 24) bytes of 80 ns
    [DataRow(false, 1514, 1_230_400)] // the same at 10 Mbit/s
    public void Frame_takes_the_time_of_the_wire(bool fast, int length, int nanoseconds)
    {
        _chip.PartnerFast = fast;
        _chip.SetCable(false);
        _chip.SetCable(true);
        _spi.OpenMacRaw();
        Upload(0, Rig.Frame(length, 1));
        _spi.Write(Spi.S0, 0x01, 0x20);
        _chip.Spend(_chip.CommandNanoseconds + nanoseconds - 1);
        Assert.IsEmpty(_wire.Frames);
        _chip.Spend(1);
        Assert.HasCount(1, _wire.Frames);
    }

    [TestMethod]
    public void Send_across_the_wrap_of_memory_and_pointer()
    {
        _spi.OpenMacRaw();
        int writePointer = 0;
        for (int i = 0; i < 100; i++)
        {
            byte[] frame = Rig.Frame(777, i);
            Upload(writePointer, frame);
            writePointer = (writePointer + 777) & 0xFFFF;
            _spi.Command(0x20);
            _chip.Spend(100_000);
            CollectionAssert.AreEqual(frame, _wire.Frames[i]);
        }
    }

    [TestMethod] // Wiznet/ioLibrary_Driver#168, espressif/esp-idf#6233: no link, no SENDOK
    public void Send_without_link_never_finishes()
    {
        _spi.OpenMacRaw();
        _chip.SetCable(false);
        Upload(0, Rig.Frame(100, 1));
        _spi.Command(0x20);
        _chip.SetCable(true);
        _chip.Spend(1_000_000_000);
        Assert.AreEqual(0, _spi.Byte(Spi.S0, 0x02));
        Assert.AreEqual(0, _spi.Word(Spi.S0, 0x22));
        Assert.IsEmpty(_wire.Frames);
    }

    [TestMethod]
    public void Link_lost_during_a_frame_loses_the_frame()
    {
        _spi.OpenMacRaw();
        Upload(0, Rig.Frame(1514, 1));
        _spi.Write(Spi.S0, 0x01, 0x20);
        _chip.Spend(60_000);
        _chip.SetCable(false);
        _chip.Spend(1_000_000);
        Assert.IsEmpty(_wire.Frames);
        Assert.AreEqual(0, _spi.Byte(Spi.S0, 0x02));
    }

    [TestMethod]
    public void Close_in_mid_send_stops_the_frame()
    {
        _spi.OpenMacRaw();
        Upload(0, Rig.Frame(1514, 1));
        _spi.Write(Spi.S0, 0x01, 0x20);
        _chip.Spend(60_000);
        _spi.Command(0x10);
        _spi.Command(0x01);
        _chip.Spend(1_000_000);
        Assert.IsEmpty(_wire.Frames);
        Assert.AreEqual(0, _spi.Byte(Spi.S0, 0x02));
    }

    [TestMethod]
    public void Send_during_a_send_is_a_violation()
    {
        _spi.OpenMacRaw();
        Upload(0, Rig.Frame(1514, 1));
        _spi.Command(0x20);
        _spi.Command(0x20);
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod]
    public void Closed_socket_receives_nothing()
    {
        _chip.Spend(_chip.NegotiationNanoseconds);
        Assert.IsFalse(Arrive(Rig.Mac, 60));
        Assert.AreEqual(1, _chip.FramesNotReceived);
    }

    [TestMethod] // 4.1 PHYCFGR: link, speed and duplex in bits 0 to 2, after negotiation
    [DataRow(true, true, 0xBF)]
    [DataRow(true, false, 0xBB)]
    [DataRow(false, true, 0xBD)]
    [DataRow(false, false, 0xB9)]
    public void Link_comes_up_after_negotiation(bool fast, bool fullDuplex, int expected)
    {
        _chip.PartnerFast = fast;
        _chip.PartnerFullDuplex = fullDuplex;
        _chip.SetCable(false);
        _chip.SetCable(true);
        _chip.Spend(_chip.NegotiationNanoseconds - 100_000);
        Assert.AreEqual(0xB8, _spi.Byte(Spi.Common, 0x2E));
        _chip.Spend(200_000);
        Assert.AreEqual(expected, _spi.Byte(Spi.Common, 0x2E));
        _chip.SetCable(false);
        Assert.AreEqual(0xB8, _spi.Byte(Spi.Common, 0x2E));
    }

    [TestMethod] // 4.1 PHYCFGR: OPMD and OPMDC apply with the PHY reset, RST 0 then 1; link bits are read-only
    [DataRow(0x40, 0xC1)] // OPMDC 000: 10BT half duplex
    [DataRow(0x48, 0xCD)] // 001: 10BT full duplex
    [DataRow(0x50, 0xD3)] // 010: 100BT half duplex
    [DataRow(0x58, 0xDF)] // 011: 100BT full duplex
    [DataRow(0x70, 0xF0)] // 110: power down
    public void Forced_modes_apply_with_the_PHY_reset(int mode, int expected)
    {
        _chip.Spend(_chip.NegotiationNanoseconds);
        _spi.Write(Spi.Common, 0x2E, (byte)(0x80 | mode));
        Assert.AreEqual(0x80 | mode | 7, _spi.Byte(Spi.Common, 0x2E), "not before the reset");
        _spi.Write(Spi.Common, 0x2E, (byte)mode);
        Assert.AreEqual(mode, _spi.Byte(Spi.Common, 0x2E));
        _spi.Write(Spi.Common, 0x2E, (byte)(0x80 | mode));
        _chip.Spend(_chip.NegotiationNanoseconds);
        Assert.AreEqual(expected, _spi.Byte(Spi.Common, 0x2E));
    }

    [TestMethod]
    public void Every_named_fault_exists()
    {
        string[] names =
        [
            "absent", "miso-flips", "mosi-flips", "lose-sendok", "late-sendok", "bad-length", "lose-recv", "stuck-int",
            "slow-reset", "no-fixed-length",
        ];
        foreach (string name in names)
        {
            Assert.IsTrue(_chip.Faults.Set(name, 1), name);
        }

        Assert.IsFalse(_chip.Faults.Set("gremlins", 1));
        Assert.AreEqual(1, _chip.Faults.AbsentLevel);
        Assert.IsTrue(_chip.Faults.IgnoresFixedLength);
    }

    private bool Arrive(byte[] destination, int length, int etherType = 0x0800)
    {
        byte[] frame = Rig.Frame(length, length);
        destination.CopyTo(frame, 0);
        frame[12] = (byte)(etherType >> 8);
        frame[13] = (byte)etherType;
        return _chip.Deliver(frame, 0, length);
    }

    private void Upload(int address, byte[] frame)
    {
        _spi.Write(Spi.Tx0, address, frame);
        _spi.WriteWord(Spi.S0, 0x24, (address + frame.Length) & 0xFFFF);
    }
}
