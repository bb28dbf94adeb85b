using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>Sockets other than the MACRAW one: they have states, memory and interrupts, on a network where nobody answers.</summary>
[TestClass]
public sealed class ModelSocketTests
{
    private readonly W5500Model _chip = new();
    private readonly Spi _spi;

    public ModelSocketTests()
    {
        _spi = new Spi(_chip);
    }

    [TestMethod] // 2.2: modes 0 and 3
    [DataRow(0, true)]
    [DataRow(1, false)]
    [DataRow(2, false)]
    [DataRow(3, true)]
    public void Spi_modes(int mode, bool good)
    {
        _chip.SpiMode = mode;
        Assert.AreEqual(good, _spi.Byte(Spi.Common, 0x39) == 4);
        Assert.AreEqual(good, _chip.Violations == 0, _chip.FirstViolation);
    }

    [TestMethod] // 4.2 Sn_CR, Sn_SR: OPEN, LISTEN, DISCON
    public void Tcp_socket_listens_and_closes()
    {
        Open(3, 0x01);
        Assert.AreEqual(0x13, State(3));
        Command(3, 0x02);
        Assert.AreEqual(0x14, State(3));
        Command(3, 0x08);
        Assert.AreEqual(0x00, State(3));
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 4.1 RTR, RCR: 9 x 200 ms without an answer, then Sn_IR.TIMEOUT and SOCK_CLOSED
    public void Connect_times_out()
    {
        _spi.Write(Spi.Common, 0x18, 0xFF);
        Open(7, 0x01);
        Command(7, 0x04);
        Assert.AreEqual(0x15, State(7));
        _chip.Spend(1_799_000_000);
        Assert.AreEqual(0x15, State(7));
        _chip.Spend(2_000_000);
        Assert.AreEqual(0x00, State(7));
        Assert.AreEqual(0x08, _spi.Byte(7 * 4 + 1, 0x02));
        Assert.AreEqual(0x80, _spi.Byte(Spi.Common, 0x17), "SIR");
        Assert.IsTrue(_chip.InterruptAsserted);
    }

    [TestMethod] // The same for ARP before a datagram; the socket stays open and its memory is free again
    public void Datagram_times_out()
    {
        _spi.Write(Spi.Common, 0x19, 0x00, 0x0A, 0x00);
        Open(1, 0x02);
        Assert.AreEqual(0x22, State(1));
        _spi.Write(6, 0, 1, 2, 3, 4);
        _spi.WriteWord(5, 0x24, 4);
        Command(1, 0x20);
        _chip.Spend(2_000_000);
        Assert.AreEqual(0x08, _spi.Byte(5, 0x02));
        Assert.AreEqual(0x22, State(1));
        Assert.AreEqual(4, _spi.Word(5, 0x22));
        Assert.AreEqual(2048, _spi.Word(5, 0x20));
    }

    [TestMethod] // 4.2: two sockets' commands and timeouts do not disturb each other, nor the MACRAW socket
    public void Sockets_are_independent()
    {
        _spi.OpenMacRaw();
        Open(1, 0x01);
        Open(2, 0x01);
        Command(1, 0x04);
        _chip.Spend(900_000_000);
        Command(2, 0x04);
        _chip.Spend(950_000_000);
        Assert.AreEqual(0x00, State(1));
        Assert.AreEqual(0x15, State(2));
        Command(2, 0x10);
        Assert.AreEqual(0x00, State(2));
        _chip.Spend(2_000_000_000);
        Assert.AreEqual(0x00, _spi.Byte(2 * 4 + 1, 0x02), "no timeout after CLOSE");
        byte[] frame = Rig.Frame(60, 1);
        Assert.IsTrue(_chip.Deliver(frame, 0, 60));
        Assert.AreEqual(0x42, State(0));
    }

    [TestMethod]
    public void Send_on_a_socket_that_is_not_open_is_a_violation()
    {
        Command(4, 0x20);
        Assert.AreEqual(1, _chip.Violations);
    }

    private int State(int socket) => _spi.Byte(socket * 4 + 1, 0x03);

    private void Open(int socket, int mode)
    {
        _spi.Write(socket * 4 + 1, 0x00, (byte)mode);
        Command(socket, 0x01);
    }

    private void Command(int socket, int command)
    {
        _spi.Write(socket * 4 + 1, 0x01, (byte)command);
        _chip.Spend(10_000);
    }
}
