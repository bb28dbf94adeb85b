using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>The model's registers, interrupt logic and memory split against data sheet 4.1 and 4.2.</summary>
[TestClass]
public sealed class ModelRegisterTests
{
    private readonly W5500Model _chip = new();
    private readonly Spi _spi;

    public ModelRegisterTests()
    {
        _spi = new Spi(_chip);
    }

    [TestMethod] // 4.1: reset values; the PHY has no link yet, so PHYCFGR is B8
    public void Common_registers_have_their_reset_values()
    {
        var expected = new byte[0x3A];
        expected[0x19] = 0x07;
        expected[0x1A] = 0xD0;
        expected[0x1B] = 0x08;
        expected[0x1C] = 0x28;
        expected[0x26] = 0xFF;
        expected[0x27] = 0xFF;
        expected[0x2E] = 0xB8;
        expected[0x39] = 0x04;
        CollectionAssert.AreEqual(expected, _spi.Read(Spi.Common, 0, 0x3A));
    }

    [TestMethod] // 4.2: reset values, the same for all eight sockets
    public void Socket_registers_have_their_reset_values()
    {
        var expected = new byte[0x30];
        for (int i = 0x06; i <= 0x0B; i++)
        {
            expected[i] = 0xFF;
        }

        expected[0x16] = 0x80;
        expected[0x1E] = 0x02;
        expected[0x1F] = 0x02;
        expected[0x20] = 0x08;
        expected[0x2C] = 0xFF;
        expected[0x2D] = 0x40;
        for (int socket = 0; socket < 8; socket++)
        {
            CollectionAssert.AreEqual(expected, _spi.Read(4 * socket + 1, 0, 0x30), $"socket {socket}");
        }
    }

    [TestMethod] // 4.1 MR: RST initialises all registers and clears itself
    public void Soft_reset_restores_the_registers_and_clears_itself()
    {
        _spi.Write(Spi.Common, 0x09, Rig.Mac);
        _spi.Write(Spi.S0, 0x1E, 16);
        _spi.Write(Spi.Common, 0x00, 0x80);
        Assert.AreEqual(0x80, _spi.Byte(Spi.Common, 0x00));
        _chip.Spend(_chip.SoftResetNanoseconds);
        Assert.AreEqual(0x00, _spi.Byte(Spi.Common, 0x00));
        CollectionAssert.AreEqual(new byte[6], _spi.Read(Spi.Common, 0x09, 6));
        Assert.AreEqual(2, _spi.Byte(Spi.S0, 0x1E));
    }

    [TestMethod] // Seen on some chips: VERSIONR reads 0 for a while after reset
    public void Slow_reset_hides_the_version()
    {
        _chip.Faults.SlowResetMilliseconds = 5;
        _spi.Write(Spi.Common, 0x00, 0x80);
        _chip.Spend(4_900_000);
        Assert.AreEqual(0, _spi.Byte(Spi.Common, 0x39));
        _chip.Spend(1_000_000);
        Assert.AreEqual(4, _spi.Byte(Spi.Common, 0x39));
    }

    [TestMethod] // 4.1 VERSIONR, 4.2 Sn_SR, Sn_TX_FSR, Sn_TX_RD, Sn_RX_RSR, Sn_RX_WR: [R]
    public void Read_only_registers_ignore_writes()
    {
        _spi.Write(Spi.Common, 0x39, 0x99);
        _spi.Write(Spi.Common, 0x17, 0xFF);
        Assert.AreEqual(0x04, _spi.Byte(Spi.Common, 0x39));
        Assert.AreEqual(0x00, _spi.Byte(Spi.Common, 0x17));
        _spi.Write(Spi.S0, 0x03, 0x42);
        _spi.Write(Spi.S0, 0x20, 0x12, 0x34, 0x12, 0x34);
        _spi.Write(Spi.S0, 0x26, 0x12, 0x34);
        _spi.Write(Spi.S0, 0x2A, 0x12, 0x34);
        Assert.AreEqual(0x00, _spi.Byte(Spi.S0, 0x03));
        Assert.AreEqual(0x0800, _spi.Word(Spi.S0, 0x20));
        Assert.AreEqual(0x0000, _spi.Word(Spi.S0, 0x22));
        Assert.AreEqual(0x0000, _spi.Word(Spi.S0, 0x26));
        Assert.AreEqual(0x0000, _spi.Word(Spi.S0, 0x2A));
    }

    [TestMethod] // 4.2 Sn_IR: a bit is cleared by writing 1 to it; 4.1 SIR stays until Sn_IR is cleared
    public void Interrupt_bits_clear_on_writing_1_and_SIR_follows()
    {
        _spi.OpenMacRaw();
        _spi.Write(Spi.S0, 0x2C, 0x04);
        Arrive();
        Assert.AreEqual(0x04, _spi.Byte(Spi.S0, 0x02));
        Assert.AreEqual(0x01, _spi.Byte(Spi.Common, 0x17));
        _spi.Write(Spi.S0, 0x02, 0x10);
        Assert.AreEqual(0x04, _spi.Byte(Spi.S0, 0x02));
        _spi.Write(Spi.S0, 0x02, 0x04);
        Assert.AreEqual(0x00, _spi.Byte(Spi.S0, 0x02));
        Assert.AreEqual(0x00, _spi.Byte(Spi.Common, 0x17));
    }

    [TestMethod] // 4.1 SIMR, 4.2 Sn_IMR: INTn is low while Sn_IR & Sn_IMR, for a socket that SIMR lets through
    public void Interrupt_line_needs_both_masks()
    {
        _spi.OpenMacRaw();
        _spi.Write(Spi.S0, 0x2C, 0x04);
        Arrive();
        Assert.IsFalse(_chip.InterruptAsserted);
        _spi.Write(Spi.Common, 0x18, 0x01);
        Assert.IsTrue(_chip.InterruptAsserted);
        _spi.Write(Spi.S0, 0x2C, 0x10);
        Assert.IsFalse(_chip.InterruptAsserted);
        _spi.Write(Spi.S0, 0x2C, 0x04);
        Assert.IsTrue(_chip.InterruptAsserted);
        _spi.Write(Spi.S0, 0x02, 0x04);
        Assert.IsFalse(_chip.InterruptAsserted);
    }

    [TestMethod] // 4.1 INTLEVEL: IAWT = (INTLEVEL + 1) x 4 PLL clocks of 150 MHz; 0FFF is 109.2 us
    public void Interrupt_line_stays_high_for_the_assert_wait_time()
    {
        _spi.OpenMacRaw();
        _spi.WriteWord(Spi.Common, 0x13, 0x0FFF);
        _spi.Write(Spi.Common, 0x18, 0x01);
        Arrive();
        Assert.IsTrue(_chip.InterruptAsserted, "nothing was released before: no wait");
        _spi.Write(Spi.S0, 0x02, 0x04);
        Arrive();
        Assert.IsFalse(_chip.InterruptAsserted);
        _chip.Spend(109_000);
        Assert.IsFalse(_chip.InterruptAsserted);
        _chip.Spend(300);
        Assert.IsTrue(_chip.InterruptAsserted);
    }

    [TestMethod] // 4.1 INTLEVEL, figure: clearing one of two interrupts releases the line for IAWT
    public void Clearing_one_interrupt_of_two_makes_a_new_edge()
    {
        _spi.OpenMacRaw();
        _spi.WriteWord(Spi.Common, 0x13, 0x0FFF);
        _spi.Write(Spi.Common, 0x18, 0x01);
        Arrive();
        SendFrame(60);
        _chip.Spend(20_000);
        Assert.AreEqual(0x14, _spi.Byte(Spi.S0, 0x02));
        _spi.Write(Spi.S0, 0x02, 0x04);
        Assert.IsFalse(_chip.InterruptAsserted);
        _chip.Spend(110_000);
        Assert.IsTrue(_chip.InterruptAsserted);
    }

    [TestMethod] // 4.2 Sn_RXBUF_SIZE, Sn_TXBUF_SIZE: 0, 1, 2, 4, 8, 16 KB
    public void Other_buffer_sizes_are_violations()
    {
        _spi.Write(Spi.S0, 0x1E, 3);
        Assert.AreEqual(1, _chip.Violations);
        Assert.AreEqual(2, _spi.Byte(Spi.S0, 0x1E));
    }

    [TestMethod] // 4.2: addresses beyond the size of the block wrap inside it; socket blocks do not overlap
    public void Memory_wraps_at_the_size_of_the_block()
    {
        _spi.Write(Spi.Tx0, 0x07FE, 1, 2, 3, 4);
        CollectionAssert.AreEqual(new byte[] { 3, 4 }, _spi.Read(Spi.Tx0, 0x0000, 2));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, _spi.Read(Spi.Tx0, 0xFFFE, 4));
        _spi.Write(6, 0x0000, 9);
        Assert.AreEqual(3, _spi.Byte(Spi.Tx0, 0x0000));
    }

    [TestMethod] // 4.2: more than 16 KB in sum falls on memory that is given away already
    public void Overcommitted_memory_overlaps()
    {
        _spi.Write(Spi.S0, 0x1F, 16);
        _spi.Write(6, 0x0000, 0x77);
        Assert.AreEqual(0x77, _spi.Byte(Spi.Tx0, 0x0000));
    }

    [TestMethod] // 4.2 Sn_CR: reads as written until taken, then 0
    public void Command_register_is_busy_then_0()
    {
        _chip.CommandNanoseconds = 50_000;
        _spi.Write(Spi.S0, 0x00, 0x04);
        _spi.Write(Spi.S0, 0x01, 0x01);
        Assert.AreEqual(0x01, _spi.Byte(Spi.S0, 0x01));
        Assert.AreEqual(0x00, _spi.Byte(Spi.S0, 0x03));
        _chip.Spend(50_000);
        Assert.AreEqual(0x00, _spi.Byte(Spi.S0, 0x01));
        Assert.AreEqual(0x42, _spi.Byte(Spi.S0, 0x03));
    }

    [TestMethod]
    public void Command_before_the_last_was_taken_is_a_violation_and_lost()
    {
        _chip.CommandNanoseconds = 50_000;
        _spi.Write(Spi.S0, 0x00, 0x04);
        _spi.Write(Spi.S0, 0x01, 0x10);
        _spi.Write(Spi.S0, 0x01, 0x01);
        Assert.AreEqual(1, _chip.Violations);
        _chip.Spend(100_000);
        Assert.AreEqual(0x00, _spi.Byte(Spi.S0, 0x03));
    }

    [TestMethod]
    public void Unknown_command_does_nothing()
    {
        _spi.OpenMacRaw();
        _spi.Command(0x80);
        Assert.AreEqual(0x42, _spi.Byte(Spi.S0, 0x03));
    }

    [TestMethod] // 4.2 Sn_MR: MACRAW on socket 0 only
    public void MACRAW_does_not_open_on_another_socket()
    {
        _spi.Write(5, 0x00, 0x04);
        _spi.Write(5, 0x01, 0x01);
        _chip.Spend(10_000);
        Assert.AreEqual(0x00, _spi.Byte(5, 0x03));
    }

    [TestMethod] // 4.2: OPEN initialises the pointers; CLOSE gives SOCK_CLOSED
    public void Open_resets_the_pointers()
    {
        _spi.OpenMacRaw();
        Arrive();
        SendFrame(100);
        _chip.Spend(100_000);
        Assert.AreEqual(100, _spi.Word(Spi.S0, 0x22));
        _spi.Command(0x10);
        Assert.AreEqual(0x00, _spi.Byte(Spi.S0, 0x03));
        _spi.Command(0x01);
        CollectionAssert.AreEqual(new byte[] { 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, _spi.Read(Spi.S0, 0x20, 12));
    }

    private void Arrive()
    {
        byte[] frame = Rig.Frame(60, 1);
        Assert.IsTrue(_chip.Deliver(frame, 0, 60));
    }

    private void SendFrame(int length)
    {
        int txWr = _spi.Word(Spi.S0, 0x24);
        _spi.Write(Spi.Tx0, txWr, Rig.Frame(length, 2));
        _spi.WriteWord(Spi.S0, 0x24, txWr + length);
        _spi.Write(Spi.S0, 0x01, 0x20);
    }
}
