using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>The model's SPI slave against data sheet 2.2 to 2.4.</summary>
[TestClass]
public sealed class ModelFramingTests
{
    private readonly W5500Model _chip = new();
    private readonly Spi _spi;

    public ModelFramingTests()
    {
        _spi = new Spi(_chip);
    }

    [TestMethod] // Zephyr's driver: MISO shows 01 02 03 during address and control phase
    public void Header_shows_01_02_03()
    {
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, _spi.Raw(0x00, 0x39, 0x00, 0x00));
    }

    [TestMethod] // 2.3: in variable length mode the address counts up until chip select rises
    public void Variable_length_burst_counts_the_address_up()
    {
        _spi.Raw(0x00, 0x01, 0x04, 10, 0, 0, 1, 255, 255, 255, 0);
        CollectionAssert.AreEqual(new byte[] { 10, 0, 0, 1 }, _spi.Read(Spi.Common, 0x01, 4));
        CollectionAssert.AreEqual(new byte[] { 255, 255, 255, 0 }, _spi.Read(Spi.Common, 0x05, 4));
    }

    [TestMethod] // 2.2.2: RWB 0 is a read, whatever MOSI carries
    public void A_read_changes_nothing()
    {
        _spi.Raw(0x00, 0x01, 0x00, 0xAA, 0xAA);
        Assert.AreEqual(0, _spi.Word(Spi.Common, 0x01));
    }

    [TestMethod] // 2.4: OM 01, 10, 11 are data of 1, 2, 4 bytes, after which the next frame begins
    public void Fixed_length_frames_follow_each_other_without_chip_select()
    {
        byte[] miso = _spi.Raw(
            0x00, 0x01, 0x07, 1, 2, 3, 4,
            0x00, 0x05, 0x06, 5, 6,
            0x00, 0x07, 0x05, 7,
            0x00, 0x04, 0x03, 0, 0, 0, 0);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6, 7 }, miso[^7..]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6, 7, 0 }, _spi.Read(Spi.Common, 0x01, 8));
        Assert.AreEqual(4 + 1, _chip.SpiFrames);
    }

    [TestMethod] // 2.2: chip select high in the header drops the frame
    public void A_frame_cut_off_in_its_header_does_nothing()
    {
        _spi.Raw(0x00, 0x01);
        _spi.Raw(0x00, 0x01, 0x04);
        Assert.AreEqual(0, _spi.Byte(Spi.Common, 0x01));
    }

    [TestMethod] // 2.2.2 table: BSB 4, 8, ... are reserved
    public void Reserved_block_is_a_violation_and_reads_0()
    {
        Assert.AreEqual(0, _spi.Byte(4, 0));
        Assert.AreEqual(1, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "reserved block");
    }

    [TestMethod]
    public void Reserved_registers_are_violations()
    {
        _spi.Write(Spi.Common, 0x2F, 1);
        _spi.Write(Spi.S0, 0x17, 1);
        _spi.Byte(Spi.Common, 0x3A);
        _spi.Byte(Spi.S0, 0x30);
        Assert.AreEqual(4, _chip.Violations);
        Assert.AreEqual(0, _spi.Byte(Spi.Common, 0x2F));
    }

    [TestMethod] // page 1: "SPI supports 80 MHz"
    public void Clock_above_80_MHz_is_a_violation()
    {
        _chip.ClockHz = 80_000_000;
        _spi.Byte(Spi.Common, 0x39);
        Assert.AreEqual(0, _chip.Violations);
        _chip.ClockHz = 80_000_001;
        _spi.Byte(Spi.Common, 0x39);
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod] // 5.5.1: 500 us reset, then 1 ms until the PLL has locked
    public void The_chip_is_deaf_during_reset_and_PLL_lock()
    {
        _chip.SetReset(true);
        Assert.AreEqual(0, _spi.Byte(Spi.Common, 0x39));
        _chip.Spend(500_000);
        _chip.SetReset(false);
        Assert.AreEqual(1, _chip.Violations);
        Assert.AreEqual(0, _spi.Byte(Spi.Common, 0x39));
        Assert.AreEqual(2, _chip.Violations);
        _chip.Spend(1_000_000);
        Assert.AreEqual(4, _spi.Byte(Spi.Common, 0x39));
        Assert.AreEqual(2, _chip.Violations);
    }

    [TestMethod] // 5.5.1: TRC is 500 us at least
    public void A_reset_pulse_that_is_too_short_is_a_violation()
    {
        _chip.SetReset(true);
        _chip.Spend(499_000);
        _chip.SetReset(false);
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod]
    public void Eight_bits_take_eight_clocks()
    {
        _chip.ClockHz = 20_000_000;
        long before = _chip.NowNanoseconds;
        _spi.Read(Spi.Common, 0x00, 7);
        Assert.AreEqual(10 * 400, _chip.NowNanoseconds - before);
    }

    [TestMethod] // A device's SPI takes 16,384 bytes at most, and overruns an array that is too short
    public void The_bus_refuses_what_a_device_could_not_do()
    {
        var bus = new ModelSpiBus(_chip);
        var bytes = new byte[16385];
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bus.Transfer(bytes, bytes, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bus.Transfer(bytes, bytes, 16385));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bus.Transfer(bytes, new byte[9], 10));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bus.Transfer(new byte[9], bytes, 10));
    }

    [TestMethod]
    public void Log_names_the_last_frames()
    {
        _spi.Write(Spi.S0, 0x00, 4);
        _spi.Read(Spi.Rx0, 0x1234, 5);
        Assert.AreEqual("read socket 0 RX 1234, 5 bytes", _chip.LogEntry(0));
        Assert.AreEqual("write socket 0 register 0000, 1 bytes", _chip.LogEntry(1));
        Assert.IsNull(_chip.LogEntry(2));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Block_transfer_equals_byte_by_byte(int seed)
    {
        // Two chips get the same traffic, one of them in blocks, with frames arriving in mid-transfer.
        var random = new Random(seed);
        W5500Model[] chips = [new(), new()];
        ModelSpiBus[] buses = [new(chips[0]), new(chips[1]) { ByteByByte = true }];
        FarEnd[] wires = [new(), new()];
        for (int i = 0; i < 2; i++)
        {
            chips[i].CommandNanoseconds = 3_000;
            chips[i].Cable = wires[i];
            new Spi(chips[i]).OpenMacRaw();
        }

        for (int round = 0; round < 3000; round++)
        {
            byte[] mosi = Traffic(random);
            int arriveAfter = random.Next(0, 200_000);
            byte[] frame = Rig.Frame(random.Next(60, 300), round);
            var misos = new byte[2][];
            for (int i = 0; i < 2; i++)
            {
                chips[i].SetAlarm(chips[i].NowNanoseconds + arriveAfter, new Arrival(frame));
                misos[i] = new byte[mosi.Length];
                buses[i].Transfer(mosi, misos[i], mosi.Length);
                Assert.AreEqual(chips[0].NowNanoseconds, chips[i].NowNanoseconds);
            }

            CollectionAssert.AreEqual(misos[1], misos[0], $"round {round}");
            Assert.AreEqual(chips[1].InterruptAsserted, chips[0].InterruptAsserted);
        }

        Assert.IsGreaterThan(100, wires[0].Frames.Count);
        Assert.AreEqual(wires[1].Frames.Count, wires[0].Frames.Count);
        for (int i = 0; i < wires[0].Frames.Count; i++)
        {
            CollectionAssert.AreEqual(wires[1].Frames[i], wires[0].Frames[i]);
        }

        for (int address = 0; address < 2048; address++)
        {
            Assert.AreEqual(chips[1].Peek(Spi.Tx0, address), chips[0].Peek(Spi.Tx0, address));
            Assert.AreEqual(chips[1].Peek(Spi.Rx0, address), chips[0].Peek(Spi.Rx0, address));
        }

        Assert.AreEqual(chips[1].SpiFrames, chips[0].SpiFrames);
        Assert.AreEqual(chips[1].SpiBytes, chips[0].SpiBytes);
        Assert.AreEqual(chips[1].FramesStored, chips[0].FramesStored);
    }

    // Memory bursts across the wrap, the pointers pushed along, commands, status reads.
    private static byte[] Traffic(Random random)
    {
        int address = random.Next(0x10000);
        byte high = (byte)(address >> 8);
        byte low = (byte)address;
        var data = new byte[random.Next(1, 600)];
        random.NextBytes(data);
        return random.Next(7) switch
        {
            0 => [high, low, 0x14, .. data],
            1 => [high, low, 0x18, .. data],
            2 => [high, low, 0x10, .. data],
            3 => [0x00, 0x24, 0x0E, (byte)random.Next(8), low, 0x00, 0x01, 0x0D, 0x20],
            4 => [0x00, 0x28, 0x0E, high, low, 0x00, 0x01, 0x0D, 0x40],
            5 => [0x00, 0x01, 0x0D, 0x01, 0x00, 0x02, 0x0D, 0x1F],
            _ => [0x00, 0x00, 0x08, .. new byte[0x30]],
        };
    }
}
