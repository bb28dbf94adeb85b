using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The receive filters against DS39662E chapter 8.</summary>
[TestClass]
public sealed class FilterTests
{
    private const int Unicast = 0x80, And = 0x40, Crc = 0x20, Pattern = 0x10, Magic = 0x08, Hash = 0x04, Multicast = 0x02, Broadcast = 0x01;

    private const string Own = "02123456789A", Other = "02123456789B", All = "FFFFFFFFFFFF", Group = "01005E000001";

    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;

    public FilterTests()
    {
        _spi = new Spi(_chip);
        _chip.Errata.Clear();
        _spi.Reset();
        _spi.Initialise();
        _spi.Clear(Spi.ECON1, 0x04);
    }

    [TestMethod] // Figures 8-1 and 8-2
    [DataRow(0, true, true, true, true)]
    [DataRow(Crc, true, true, true, true)]
    [DataRow(Unicast, true, false, false, false)]
    [DataRow(Broadcast, false, false, true, false)]
    [DataRow(Multicast, false, false, true, true)]
    [DataRow(Unicast | Crc | Broadcast, true, false, true, false)]
    [DataRow(Unicast | Multicast, true, false, true, true)]
    [DataRow(And | Unicast | Broadcast, false, false, false, false)]
    [DataRow(And | Multicast | Broadcast, false, false, true, false)]
    [DataRow(And | Unicast, true, false, false, false)]
    public void Address_filters(int filters, bool own, bool other, bool broadcast, bool group)
    {
        Enable(filters);
        Assert.AreEqual(own, Deliver(Own));
        Assert.AreEqual(other, Deliver(Other));
        Assert.AreEqual(broadcast, Deliver(All));
        Assert.AreEqual(group, Deliver(Group));
    }

    [TestMethod] // 8.0, CRCEN: a wrong FCS is discarded, or else stored and marked
    public void Crc_filter()
    {
        Enable(Unicast | Crc);
        _chip.Faults.BadFcsEvery = 1;
        Assert.IsFalse(Deliver(Own));
        Enable(Unicast);
        Assert.IsTrue(Deliver(Own));
        Assert.AreEqual(0x0010, _spi.Packet(0).Status & 0x0090, "CRC error set, RxOK clear");
    }

    [TestMethod] // 8.4: bits 28:23 of the CRC.
    public void Hash_filter_looks_at_one_bit()
    {
        int pointer = HashPointer(Convert.FromHexString(Group));
        _spi.Write(Spi.EHT0 + (pointer >> 3), 1 << (pointer & 7));
        Enable(Hash);
        Assert.IsTrue(Deliver(Group));
        for (int register = 0; register < 8; register++)
        {
            int other = register == pointer >> 3 ? 0xFF & ~(1 << (pointer & 7)) : 0xFF;
            _spi.Write(Spi.EHT0 + register, other);
        }

        Assert.IsFalse(Deliver(Group));
    }

    [TestMethod] // 8.2: the checksum over the bytes that the mask leaves; EtherCard's and UIPEthernet's pattern for broadcast ARP is 303F, F7F9
    public void Pattern_filter_finds_broadcast_ARP()
    {
        _spi.WritePair(Spi.EPMM0, 0x303F);
        _spi.WritePair(Spi.EPMCS, 0xF7F9);
        Enable(Pattern);
        byte[] arp = Frame(All, 64);
        arp[12] = 0x08;
        arp[13] = 0x06;
        Assert.IsTrue(_chip.Deliver(arp, 0, arp.Length));
        Assert.IsFalse(_chip.Deliver(arp, 0, 63), "64 bytes from the offset on are needed");
        arp[13] = 0x00;
        Assert.IsFalse(_chip.Deliver(arp, 0, arp.Length));
    }

    [TestMethod] // 8.2: EPMO
    public void Pattern_filter_begins_at_its_offset()
    {
        _spi.WritePair(Spi.EPMO, 20);
        _spi.Write(Spi.EPMM0 + 7, 0x80);
        _spi.WritePair(Spi.EPMCS, 0x54FF);
        Enable(Pattern);
        byte[] frame = Frame(Other, 84);
        frame[83] = 0xAB;
        Assert.IsTrue(_chip.Deliver(frame, 0, frame.Length));
        frame[83] = 0xAC;
        Assert.IsFalse(_chip.Deliver(frame, 0, frame.Length));
    }

    [TestMethod] // 8.3, Figure 8-4
    public void Magic_packet_filter()
    {
        Enable(Magic);
        byte[] frame = Frame(Own, 150);
        frame.AsSpan(20, 6).Fill(0xFF);
        for (int i = 0; i < 16; i++)
        {
            Spi.Mac.CopyTo(frame, 26 + 6 * i);
        }

        Assert.IsTrue(_chip.Deliver(frame, 0, frame.Length));
        frame[26 + 95] ^= 1;
        Assert.IsFalse(_chip.Deliver(frame, 0, frame.Length));
        frame[26 + 95] ^= 1;
        frame[5] ^= 1;
        Assert.IsFalse(_chip.Deliver(frame, 0, frame.Length), "the destination has to be this station");
    }

    [TestMethod] // Register 6-1: PASSALL
    public void Control_frames_end_in_the_MAC_unless_all_pass()
    {
        Enable(Crc);
        byte[] pause = Frame("0180C2000001", 60);
        pause[12] = 0x88;
        pause[13] = 0x08;
        pause[14] = 0x00;
        pause[15] = 0x01;
        Assert.IsFalse(_chip.Deliver(pause, 0, 60));
        _spi.Write(Spi.MACON1, 0x03);
        Assert.IsTrue(_chip.Deliver(pause, 0, 60));
        Assert.AreEqual(0x1800, _spi.Packet(0).Status & 0x3800);
        pause[15] = 0x02;
        Assert.IsTrue(_chip.Deliver(pause, 0, 60));
        Assert.AreEqual(0x2800, _spi.Packet(70).Status & 0x3800, "unknown opcode");
    }

    // CRC-32 as a shift register with its most significant bit first, and no complement at the end.
    private static int HashPointer(byte[] address)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte octet in address)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool one = (crc >> 31 != 0) != ((octet >> bit & 1) != 0);
                crc = one ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
            }
        }

        return (int)(crc >> 23) & 0x3F;
    }

    private static byte[] Frame(string destination, int length)
    {
        byte[] frame = Spi.Frame(length, 1);
        Convert.FromHexString(destination).CopyTo(frame, 0);
        return frame;
    }

    private void Enable(int filters)
    {
        _spi.Clear(Spi.ECON1, 0x04);
        _spi.Write(Spi.ERXFCON, filters);
        _spi.Set(Spi.ECON1, 0x04);
    }

    private bool Deliver(string destination)
    {
        byte[] frame = Frame(destination, 60);
        return _chip.Deliver(frame, 0, frame.Length);
    }
}
