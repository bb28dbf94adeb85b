using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.ModelsEnc28j60;

/// <summary>The DMA controller and the self-test against DS39662E chapters 13 and 15.</summary>
[TestClass]
public sealed class DmaTests
{
    private readonly Enc28j60Model _chip = new();
    private readonly Spi _spi;
    private readonly FarEnd _wire = new();

    public DmaTests()
    {
        _spi = new Spi(_chip);
        _chip.Cable = _wire;
        _chip.Errata.Clear();
        _spi.Reset();
    }

    [TestMethod] // 13.2's own example: 89 AB CD gives A953
    public void Checksum_is_that_of_the_data_sheet()
    {
        _spi.WritePair(Spi.EWRPT, 0x1000);
        _spi.WriteMemory(0x89, 0xAB, 0xCD);
        Run(0x1000, 0x1002, 0, 0x30);
        Assert.AreEqual(0xA953, _spi.ReadPair(Spi.EDMACS));
        Assert.AreEqual(0x20, _spi.Read(Spi.EIR) & 0x20, "DMAIF");
        Assert.AreEqual(0, _chip.Violations, _chip.FirstViolation);
    }

    [TestMethod] // 13.0: the source follows the ring of the receive buffer
    public void The_source_wraps_with_the_ring()
    {
        _spi.WritePair(Spi.ERXST, 0x0000);
        _spi.WritePair(Spi.ERXND, 0x0FFF);
        _spi.WritePair(Spi.EWRPT, 0x0FFE);
        _spi.WriteMemory(1, 2);
        _spi.WritePair(Spi.EWRPT, 0x0000);
        _spi.WriteMemory(3, 4);
        Run(0x0FFE, 0x0001, 0x1800, 0x20);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, _spi.ReadMemory(0x1800, 4));
    }

    [TestMethod] // 13.1: "the destination range will always be linear", wrapping from 8191 to 0 only
    public void The_destination_wraps_with_the_memory()
    {
        _spi.WritePair(Spi.EWRPT, 0x1000);
        _spi.WriteMemory(1, 2, 3);
        Run(0x1000, 0x1002, 0x1FFE, 0x20);
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, _spi.ReadMemory(0x1FFE, 2));
        CollectionAssert.AreEqual(new byte[] { 3 }, _spi.ReadMemory(0x0000, 1));
    }

    [TestMethod] // 13.0, notes 1 and 2
    public void A_copy_of_one_byte_or_without_an_end_is_a_violation()
    {
        Run(0x1000, 0x1000, 0x1800, 0x20);
        Assert.AreEqual(1, _chip.Violations);
        _spi.Clear(Spi.ECON1, 0x20);
        _spi.WritePair(Spi.ERXST, 0x0000);
        _spi.WritePair(Spi.ERXND, 0x0FFF);
        _chip.Violations = 0;
        Run(0x0100, 0x1100, 0x1800, 0x20);
        Assert.AreEqual(1, _chip.Violations);
        Assert.AreEqual(0x20, _spi.Read(Spi.ECON1) & 0x20, "it never ends");
        _spi.Clear(Spi.ECON1, 0x20);
        Assert.AreEqual(0x20, _spi.Read(Spi.EIR) & 0x20, "12.1.6: a cancelled operation raises DMAIF too");
    }

    [TestMethod] // 7.1: DMA and transmitter share a port and wait for each other
    public void Transmission_waits_for_the_DMA_and_the_DMA_for_transmission()
    {
        _spi.Initialise();
        _spi.WritePair(Spi.EDMAST, 0x0000);
        _spi.WritePair(Spi.EDMAND, 0x17FE);
        _spi.WritePair(Spi.EDMADST, 0x0000);
        _spi.WritePair(Spi.ETXST, 0x1800);
        _spi.WritePair(Spi.EWRPT, 0x1800);
        _spi.WriteMemory([0, .. Spi.Frame(60, 1)]);
        _spi.WritePair(Spi.ETXND, 0x1800 + 60);
        long start = _chip.NowNanoseconds;
        _spi.Set(Spi.ECON1, 0x20);
        _spi.Set(Spi.ECON1, 0x08);
        _chip.Spend(start + 200_000 - _chip.NowNanoseconds);
        Assert.AreEqual(0x28, _chip.Peek(0, 0x1F) & 0x28, "6,143 bytes of 40 ns are 246 us");
        _chip.Spend(60_000);
        Assert.AreEqual(0x08, _chip.Peek(0, 0x1F) & 0x28);
        Assert.HasCount(0, _wire.Frames);
        _spi.Set(Spi.ECON1, 0x20);
        _chip.Spend(100_000);
        Assert.HasCount(1, _wire.Frames);
        Assert.AreEqual(0x20, _chip.Peek(0, 0x1F) & 0x28);
        _chip.Spend(300_000);
        Assert.AreEqual(0x00, _chip.Peek(0, 0x1F) & 0x28);
    }

    [TestMethod] // 15.1 to 15.3: fill, and a checksum that the DMA confirms
    [DataRow(0x03, 0x5A)]
    [DataRow(0x07, 0x00)]
    [DataRow(0x2B, 0x55)]
    public void Self_test_fills_the_memory_and_agrees_with_the_DMA(int control, int seed)
    {
        _spi.WritePair(Spi.ERXND, 0x1FFF);
        _spi.Write(Spi.EBSTSD, seed);
        _spi.Write(Spi.EBSTCON, control);
        Assert.AreEqual(control, _spi.Read(Spi.EBSTCON));
        _chip.Spend(400_000);
        Assert.AreEqual(control & 0xFE, _spi.Read(Spi.EBSTCON));
        Run(0x0000, 0x1FFF, 0, 0x30);
        Assert.AreEqual(_spi.ReadPair(Spi.EBSTCS), _spi.ReadPair(Spi.EDMACS));
    }

    [TestMethod] // 15.2: the low byte of the address; 15.3: the seed rotated by PSV at each address
    public void Self_test_patterns_are_those_of_the_data_sheet()
    {
        _spi.Write(Spi.EBSTCON, 0x07);
        CollectionAssert.AreEqual(new byte[] { 0x26, 0x27, 0x28 }, _spi.ReadMemory(0x0E26, 3));
        _spi.Write(Spi.EBSTCON, 0x00);
        _spi.Write(Spi.EBSTSD, 0x81);
        _spi.Write(Spi.EBSTCON, 0x2B);
        CollectionAssert.AreEqual(new byte[] { 0x81, 0x03, 0x06, 0x0C }, _spi.ReadMemory(0x0000, 4));
    }

    private void Run(int first, int last, int destination, int bits)
    {
        _spi.WritePair(Spi.EDMAST, first);
        _spi.WritePair(Spi.EDMAND, last);
        _spi.WritePair(Spi.EDMADST, destination);
        _spi.Set(Spi.ECON1, bits);
        _chip.Spend(400_000);
    }
}
