using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The SPI slave against DS39662E chapter 4 and Table 16-6, and what a master must not do.</summary>
[TestClass]
public sealed class SpiTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;

    public SpiTests()
    {
        _spi = new Spi(_chip);
    }

    [TestMethod] // 4.2.2, 4.2.4: buffer memory by WBM and RBM, the pointers counting on
    public void Buffer_memory_is_written_and_read()
    {
        _spi.WritePair(Spi.EWRPT, 0x1000);
        _spi.WriteMemory(1, 2, 3);
        _spi.WriteMemory(4);
        Assert.AreEqual(0x1004, _spi.ReadPair(Spi.EWRPT));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, _spi.ReadMemory(0x1000, 4));
        Assert.AreEqual(0x1004, _spi.ReadPair(Spi.ERDPT));
    }

    [TestMethod] // 3.2.3, ECON2.AUTOINC
    public void Without_AUTOINC_the_pointers_stand_still()
    {
        _spi.Clear(Spi.ECON2, 0x80);
        _spi.WritePair(Spi.EWRPT, 0x1000);
        _spi.WriteMemory(1, 2, 3);
        CollectionAssert.AreEqual(new byte[] { 3, 3, 3 }, _spi.ReadMemory(0x1000, 3));
    }

    [TestMethod] // 4.2.2: behind ERXND comes ERXST
    public void Read_pointer_follows_the_ring_of_the_receive_buffer()
    {
        _spi.WritePair(Spi.ERXST, 0x0000);
        _spi.WritePair(Spi.ERXND, 0x0FFF);
        _spi.WritePair(Spi.EWRPT, 0x0FFF);
        _spi.WriteMemory(7, 8);
        _spi.WritePair(Spi.EWRPT, 0x0000);
        _spi.WriteMemory(9);
        CollectionAssert.AreEqual(new byte[] { 7, 9 }, _spi.ReadMemory(0x0FFF, 2));
        CollectionAssert.AreEqual(new byte[] { 8 }, _spi.ReadMemory(0x1000, 1));
    }

    [TestMethod] // 3.2.3: the write pointer knows no ring but the memory's; 4.2.2 for the read pointer beyond ERXND
    public void Pointers_wrap_at_the_end_of_the_memory()
    {
        _spi.WritePair(Spi.ERXST, 0x0000);
        _spi.WritePair(Spi.ERXND, 0x0FFF);
        _spi.WritePair(Spi.EWRPT, 0x1FFF);
        _spi.WriteMemory(1, 2);
        Assert.AreEqual(0x0001, _spi.ReadPair(Spi.EWRPT));
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, _spi.ReadMemory(0x1FFF, 2));
    }

    [TestMethod] // 4.2.3: chip select high before the last bit leaves the register as it was
    public void A_write_that_is_cut_off_does_nothing()
    {
        _spi.Write(Spi.EIE, 0x08);
        _spi.Raw(0x5B);
        Assert.AreEqual(0x08, _spi.Read(Spi.EIE));
        Assert.AreEqual(1, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "without its data byte");
    }

    [TestMethod] // 4.2.5: "BFS ... only on ETH registers"
    [DataRow(MacBitFields.Obeyed, 0x32)]
    [DataRow(MacBitFields.Ignored, 0x02)]
    [DataRow(MacBitFields.TakenForWrite, 0x30)]
    public void Bit_field_command_on_a_MAC_register_is_a_violation(MacBitFields behaviour, int result)
    {
        _chip.BitFieldsOnMac = behaviour;
        _spi.Write(Spi.MACON3, 0x02);
        Assert.AreEqual(0, _chip.Violations);
        _spi.Set(Spi.MACON3, 0x30);
        Assert.AreEqual(1, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "MACON3");
        Assert.AreEqual(result, _spi.Read(Spi.MACON3));
    }

    [TestMethod] // Table 3-1: reserved and unimplemented addresses
    [DataRow(0x018)]
    [DataRow(0x01A)]
    [DataRow(0x112)]
    [DataRow(0x11A)]
    [DataRow(0x201)]
    [DataRow(0x30B)]
    [DataRow(0x316)]
    public void Reserved_register_is_a_violation_and_reads_0(int register)
    {
        _spi.Write(register, 0xFF);
        Assert.AreEqual(0, _spi.Read(register));
        Assert.AreEqual(2, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "reserved");
    }

    [TestMethod] // Table 4-1
    [DataRow(0xC0, "reserved opcode")]
    [DataRow(0x39, "argument other than 1A")]
    [DataRow(0x79, "argument other than 1A")]
    [DataRow(0xE0, "argument other than 1F")]
    public void Opcode_that_the_table_does_not_have_is_a_violation(int opcode, string what)
    {
        _spi.Raw((byte)opcode, 0);
        Assert.AreEqual(1, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, what);
    }

    [TestMethod] // Table 3-1: what the chip alone writes
    [DataRow(0x00E)]
    [DataRow(0x016)]
    [DataRow(0x119)]
    [DataRow(0x218)]
    [DataRow(0x30A)]
    [DataRow(0x312)]
    public void Write_to_a_read_only_register_is_a_violation_and_ignored(int register)
    {
        int before = _spi.Read(register);
        _spi.Write(register, 0x55);
        Assert.AreEqual(before, _spi.Read(register));
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod] // Table 16-6: 20 MHz
    public void Clock_above_20_MHz_is_a_violation()
    {
        _chip.ClockHz = 20_000_000;
        _spi.Read(Spi.EREVID);
        Assert.AreEqual(0, _chip.Violations);
        _chip.ClockHz = 20_000_001;
        _spi.Raw(0x1F, 0);
        Assert.AreEqual(1, _chip.Violations);
    }

    [TestMethod] // 4.1: mode 0,0 only
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Another_SPI_mode_is_a_violation_and_garbles(int mode)
    {
        _chip.SpiMode = mode;
        _spi.Raw(0x5B, 0x08);
        Assert.IsGreaterThan(0, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "SPI mode");
        _chip.SpiMode = 0;
        Assert.AreEqual(0, _spi.Read(Spi.EIE));
    }

    [TestMethod] // Table 16-6: TCSH 210 ns for MAC and MII registers
    public void Chip_select_released_too_early_after_a_MAC_access_is_a_violation_and_garbles()
    {
        _spi.Write(Spi.MABBIPG, 0x00);
        bool garbled = false;
        for (int i = 0; i < 8 && !garbled; i++)
        {
            _chip.Spend(500);
            _chip.Select();
            _chip.Exchange(0x44);
            _chip.Exchange(0x15);
            _chip.Spend(209);
            _chip.Deselect();
            garbled = _spi.Read(Spi.MABBIPG) != 0x15;
        }

        Assert.IsTrue(garbled);
        StringAssert.Contains(_chip.FirstViolation, "210 ns");
    }

    [TestMethod] // The same: 10 ns do for an ETH register
    public void Chip_select_may_be_released_at_once_after_an_ETH_access()
    {
        _spi.Write(Spi.EIE, 0);
        _chip.Spend(500);
        _chip.Select();
        _chip.Exchange(0x5B);
        _chip.Exchange(0x08);
        _chip.Deselect();
        Assert.AreEqual(0x08, _spi.Read(Spi.EIE));
        Assert.AreEqual(0, _chip.Violations);
    }

    [TestMethod] // Table 16-6: TCSD 50 ns
    public void Chip_select_has_to_stay_high_for_50_ns()
    {
        _spi.Read(Spi.EIE);
        _chip.Spend(49);
        _chip.Select();
        _chip.Deselect();
        Assert.AreEqual(1, _chip.Violations);
        StringAssert.Contains(_chip.FirstViolation, "50 ns");
    }

    [TestMethod]
    public void Log_names_the_last_commands()
    {
        _spi.Raw(0x5B, 0xC0);
        _spi.Raw(0x7A, 1, 2, 3);
        _spi.Raw(0x9F, 0x04);
        _spi.Raw(0x1D, 0);
        Assert.AreEqual("RCR ESTAT", _chip.LogEntry(0));
        Assert.AreEqual("BFS ECON1 04", _chip.LogEntry(1));
        Assert.AreEqual("WBM 3 bytes", _chip.LogEntry(2));
        Assert.AreEqual("WCR EIE C0", _chip.LogEntry(3));
        Assert.IsNull(_chip.LogEntry(4));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Block_transfer_equals_byte_by_byte(int seed)
    {
        var random = new Random(seed);
        Enc28j60Model[] chips = [new(), new()];
        ModelSpiBus[] buses = [new(chips[0]), new(chips[1]) { ByteByByte = true }];
        FarEnd[] wires = [new(), new()];
        for (int i = 0; i < 2; i++)
        {
            chips[i].Cable = wires[i];
            chips[i].Errata.Clear();
            var spi = new Spi(chips[i]);
            spi.Initialise();
            spi.Raw(0xBF, 0x03);
        }

        for (int round = 0; round < 3000; round++)
        {
            byte[] mosi = Traffic(random);
            int arriveAfter = random.Next(0, 200_000);
            byte[] frame = Spi.Frame(random.Next(60, 300), round);
            var misos = new byte[2][];
            for (int i = 0; i < 2; i++)
            {
                chips[i].SetAlarm(chips[i].NowNanoseconds + arriveAfter, new Arrival(frame));
                misos[i] = new byte[mosi.Length];
                buses[i].Transfer(mosi, misos[i], mosi.Length);
                Assert.AreEqual(chips[0].NowNanoseconds, chips[i].NowNanoseconds);
            }

            chips[0].Spend(200_000);
            chips[1].Spend(200_000);
            CollectionAssert.AreEqual(misos[1], misos[0], $"round {round}");
            Assert.AreEqual(chips[1].InterruptAsserted, chips[0].InterruptAsserted);
        }

        Assert.IsGreaterThan(100, wires[0].Frames.Count);
        Assert.AreEqual(wires[1].Frames.Count, wires[0].Frames.Count);
        Assert.IsGreaterThan(100, chips[0].FramesStored);
        Assert.AreEqual(chips[1].FramesStored, chips[0].FramesStored);
        for (int address = 0; address < 8192; address++)
        {
            Assert.AreEqual(chips[1].PeekMemory(address), chips[0].PeekMemory(address));
        }
    }

    // Memory bursts across both wraps, the pointers pushed along, packets released, frames sent. Bank 0.
    private static byte[] Traffic(Random random)
    {
        var data = new byte[random.Next(1, 600)];
        random.NextBytes(data);
        return random.Next(9) switch
        {
            0 => [0x7A, .. data],
            1 or 2 => [0x3A, .. data],
            3 => [0x41, (byte)random.Next(0x20)],
            4 => [0x43, (byte)random.Next(0x18, 0x20)],
            5 => [0x4D, (byte)random.Next(0x18)],
            6 => [0x47, 0x01],
            7 => [0x9E, 0x40],
            _ => [0x9F, 0x08],
        };
    }
}
