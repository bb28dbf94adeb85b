using System;
using System.IO;
using EmbeddedTcp.LinuxSpi.Adapters;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.LinuxSpiTests;

[TestClass]
public sealed class AdapterTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("etcp-spi").FullName;

    public required TestContext TestContext { get; init; }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    // FTDI AN_108 §3.8.2: 60 MHz / ((1 + divisor) * 2).
    [TestMethod]
    [DataRow(80_000_000, 30_000_000)]
    [DataRow(30_000_000, 30_000_000)]
    [DataRow(29_999_999, 15_000_000)]
    [DataRow(20_000_000, 15_000_000)]
    [DataRow(10_000_000, 10_000_000)]
    [DataRow(8_000_000, 7_500_000)]
    [DataRow(4_000_000, 3_750_000)]
    [DataRow(9_999, 0)]
    public void Ft232h_takes_the_next_lower_clock(int wish, int clock) => Assert.AreEqual(clock, new Ft232hAdapter(0, 3).PossibleClock(wish));

    [TestMethod]
    public void Ft232h_clocks_come_out_even_in_the_binding()
    {
        for (int wish = 100_000; wish <= 30_000_000; wish += 12_345)
        {
            int clock = new Ft232hAdapter(0, 3).PossibleClock(wish);
            Assert.IsLessThanOrEqualTo(wish, clock);

            // What Iot.Device.Bindings 4.2.0 computes, and what the chip makes of it.
            int divisor = (60000 / (clock / 1000 * 2)) - 1;
            Assert.IsLessThanOrEqualTo(wish, 60_000_000 / ((1 + divisor) * 2), $"{wish} Hz");
        }
    }

    [TestMethod]
    [DataRow(80_000_000, 30_000_000)]
    [DataRow(26_000_000, 24_000_000)]
    [DataRow(20_000_000, 20_000_000)]
    [DataRow(14_000_000, 12_000_000)]
    [DataRow(100_000, 93_750)]
    [DataRow(90_000, 0)]
    public void Ft4222_takes_the_next_lower_clock(int wish, int clock) => Assert.AreEqual(clock, new Ft4222Adapter(0, 0).PossibleClock(wish));

    [TestMethod]
    [DataRow("4096\n", 4096)]
    [DataRow("65536\n", 16384)]
    [DataRow("5000\n", 4992)]
    [DataRow(null, 4096)]
    public void Spidev_bounds_a_transfer_by_the_buffer_of_the_kernels_module(string? text, int limit)
    {
        string file = Path.Combine(_folder, "bufsiz");
        if (text != null)
        {
            File.WriteAllText(file, text);
        }

        Assert.AreEqual(limit, new SpidevAdapter(0, 0, limitPath: file).LongestTransfer);
    }

    [TestMethod]
    public void Spidev_says_when_that_buffer_is_too_small_for_a_frame()
    {
        string file = Path.Combine(_folder, "bufsiz");
        File.WriteAllText(file, "1024");
        Assert.Contains("spidev.bufsiz=16384", Assert.ThrowsExactly<AdapterException>(() => new SpidevAdapter(0, 0, limitPath: file).LongestTransfer).Message);
    }

    [TestMethod]
    public void Spidev_says_which_device_is_missing_and_which_are_there()
    {
        SkipElsewhere();
        string prefix = Path.Combine(_folder, "spidev");
        Assert.Contains("no SPI bus is enabled", Complaint(prefix));
        File.WriteAllText(prefix + "0.0", string.Empty);
        File.WriteAllText(prefix + "1.2", string.Empty);
        string complaint = Complaint(prefix);
        Assert.Contains($"no {prefix}3.1", complaint);
        Assert.Contains($"there is {prefix}0.0, {prefix}1.2", complaint);
    }

    [TestMethod]
    public void Spidev_says_when_there_is_no_permission()
    {
        SkipElsewhere();
        string prefix = Path.Combine(_folder, "spidev");
        File.WriteAllText(prefix + "3.1", string.Empty);
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(prefix + "3.1", UnixFileMode.None);
        }

        if (Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("skipped: root may open everything");
        }

        Assert.Contains("no permission", Complaint(prefix));
    }

    private static void SkipElsewhere()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: spidev needs Linux");
        }
    }

    private static string Complaint(string prefix) =>
        Assert.ThrowsExactly<AdapterException>(() => new SpidevAdapter(3, 1, prefix).CheckDevice()).Message;
}
