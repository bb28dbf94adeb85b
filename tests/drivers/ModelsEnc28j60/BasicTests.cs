using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>A frame in, a frame out, and the line between.</summary>
[TestClass]
public sealed class BasicTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;
    private readonly FarEnd _wire = new();

    public BasicTests()
    {
        _spi = new Spi(_chip);
        _chip.Cable = _wire;
        _spi.Reset();
        _spi.Initialise();
    }

    [TestMethod] // 7.2.2, Figure 7-3, Table 7-3
    public void A_received_frame_stands_in_the_buffer_with_its_vector_and_FCS()
    {
        byte[] frame = Spi.Frame(61, 1);
        Assert.IsTrue(_chip.Deliver(frame, 0, frame.Length));
        Assert.AreEqual(1, _spi.Read(Spi.EPKTCNT));
        var packet = _spi.Packet(0);

        // 6 + 61 + 4 is odd: a byte of padding.
        Assert.AreEqual(72, packet.Next);
        Assert.AreEqual(65, packet.Count);
        Assert.AreEqual(0x00C0, packet.Status);
        CollectionAssert.AreEqual(frame, packet.Data[..61]);
        Assert.AreEqual(Fcs(frame), BitConverter.ToUInt32(packet.Data, 61));
        Assert.AreEqual(72, _spi.ReadPair(Spi.ERXWRPT));
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 7.1, Table 7-1
    public void A_frame_is_sent_padded_and_its_vector_written()
    {
        byte[] frame = Spi.Frame(42, 2);
        frame[0] = 0xFF;
        frame.AsSpan(0, 6).Fill(0xFF);
        _spi.Send(frame);
        Assert.AreEqual(0x08, _spi.Read(Spi.ECON1) & 0x08);
        _chip.Spend(72 * 800);
        Assert.AreEqual(0x00, _spi.Read(Spi.ECON1) & 0x08);
        Assert.AreEqual(0x08, _spi.Read(Spi.EIR) & 0x0A);
        Assert.HasCount(1, _wire.Frames);
        CollectionAssert.AreEqual(frame, _wire.Frames[0][..42]);
        Assert.HasCount(60, _wire.Frames[0]);
        CollectionAssert.AreEqual(new byte[18], _wire.Frames[0][42..]);
        CollectionAssert.AreEqual(new byte[] { 64, 0, 0xC0, 0x02, 64, 0, 0 }, _spi.StatusVector());
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 12.0: the pin is low while an enabled flag is set and INTIE with it
    public void Interrupt_line_follows_flag_enable_and_INTIE()
    {
        _spi.Write(Spi.EIE, 0xC0);
        Assert.IsFalse(_chip.InterruptAsserted);
        _chip.Deliver(Spi.Frame(60, 1), 0, 60);
        Assert.IsTrue(_chip.InterruptAsserted);
        _spi.Clear(Spi.EIE, 0x80);
        Assert.IsFalse(_chip.InterruptAsserted);
        _spi.Set(Spi.EIE, 0x80);
        Assert.IsTrue(_chip.InterruptAsserted);
        _spi.Set(Spi.ECON2, 0x40);
        Assert.IsFalse(_chip.InterruptAsserted);
        Assert.AreEqual(0, _spi.Read(Spi.EPKTCNT));
    }

    [TestMethod] // IEEE 802.3 3.2.9; the check value of CRC-32 as every catalogue has it
    public void The_FCS_is_CRC_32()
    {
        byte[] check = System.Text.Encoding.ASCII.GetBytes("123456789");
        Assert.AreEqual(0xCBF43926u, Fcs(check));
        Assert.AreEqual(0xCBF43926u, EmbeddedTcp.ChipModels.Crc32.Fcs(check, 0, 9));
    }

    // Bit by bit, as the standard defines it.
    private static uint Fcs(byte[] bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte octet in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool one = ((crc ^ (uint)(octet >> bit)) & 1) != 0;
                crc = one ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
