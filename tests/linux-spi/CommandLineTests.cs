using System.IO;
using EmbeddedTcp.LinuxSpi;
using CommandLine = EmbeddedTcp.LinuxSpi.CommandLine;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.LinuxSpiTests;

[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    public void Everything_can_be_said()
    {
        StationSettings settings = Read("--adapter spidev --bus 1 --cs 2 --clock 26000000 --chip enc28j60 --ip 192.168.1.50/24 --gateway 192.168.1.1 "
            + "--interrupt 25 --reset 24 --mac 02:11:22:33:44:55 --name pi --poll 5 --tries 3");
        Assert.AreEqual(1, settings.Bus);
        Assert.AreEqual(2, settings.ChipSelect);
        Assert.AreEqual(26_000_000, settings.ClockHz);
        Assert.AreEqual(ChipKind.Enc28j60, settings.Board.Chip);
        Assert.AreEqual(25, settings.Interrupt);
        Assert.AreEqual(24, settings.Reset);
        CollectionAssert.AreEqual(new byte[] { 2, 0x11, 0x22, 0x33, 0x44, 0x55 }, settings.MacAddress);
        Assert.AreEqual(5, settings.Poll);
        Assert.AreEqual(3, settings.Tries);
        StackOptions stack = settings.Board.ToStackOptions();
        Assert.AreEqual(0xC0A80132, stack.Address);
        Assert.AreEqual(0xC0A80101, stack.Gateway);
        Assert.AreEqual(24, stack.PrefixLength);
    }

    [TestMethod]
    public void Dhcp_leaves_the_address_open()
    {
        StationSettings settings = Read("--dhcp");
        StackOptions stack = settings.Board.ToStackOptions();
        Assert.AreEqual(0u, stack.Address);
        Assert.AreEqual(0u, stack.Gateway);
        Assert.IsTrue(settings.Board.Dhcp);
    }

    [TestMethod]
    [DataRow("--cs D3 --interrupt D4 --reset C0", 3, 4, 8)]
    [DataRow("--cs C7 --interrupt 5", 15, 5, null)]
    [DataRow("", 3, null, null)]
    public void Pins_of_an_FT232H_have_names(string pins, int chipSelect, int? interrupt, int? reset)
    {
        StationSettings settings = Read("--adapter ft232h --dhcp " + pins);
        Assert.AreEqual(chipSelect, settings.ChipSelect);
        Assert.AreEqual(interrupt, settings.Interrupt);
        Assert.AreEqual(reset, settings.Reset);
    }

    [TestMethod]
    public void The_address_is_made_up_alike_each_time_and_unlike_for_another_chip()
    {
        byte[] first = Read("--dhcp").MacAddress;
        CollectionAssert.AreEqual(first, Read("--dhcp").MacAddress);
        CollectionAssert.AreNotEqual(first, Read("--dhcp --cs 1").MacAddress);
        Assert.AreEqual(2, first[0] & 3);
    }

    [TestMethod]
    [DataRow("", "needs an address")]
    [DataRow("--ip 192.168.1.50/24 --dhcp", "one of them")]
    [DataRow("--ip 192.168.1.50", "--ip: '192.168.1.50'")]
    [DataRow("--ip 192.168.1.50/24 --gateway 192.168.2.1", "no neighbour")]
    [DataRow("--dhcp --adapter ch341", "none of spidev, ft232h, ft4222, model")]
    [DataRow("--dhcp --chip w5100", "there are w5500, enc28j60")]
    [DataRow("--dhcp --clock 0", "--clock: '0'")]
    [DataRow("--dhcp --adapter ft232h --cs D2", "D0, D1 and D2 are clock, MOSI and MISO")]
    [DataRow("--dhcp --adapter ft232h --interrupt Q7", "--interrupt: 'Q7'")]
    [DataRow("--dhcp --adapter ft232h --interrupt D3", "--cs is also")]
    [DataRow("--dhcp --adapter ft4222 --reset 4", "not 0 to 3")]
    [DataRow("--dhcp --interrupt GPIO25", "no pin's number")]
    [DataRow("--dhcp --interrupt 25 --reset 25", "the same pin")]
    [DataRow("--dhcp --mac 01:00:5e:00:00:01", "no station's address")]
    [DataRow("--dhcp --net tap:t0", "a real chip has a cable")]
    public void What_is_wrong_is_said_in_one_line(string arguments, string expected)
    {
        string? error = Parse(arguments, out StationSettings? settings);
        Assert.IsNull(settings);
        Assert.IsNotNull(error);
        Assert.Contains(expected, error);
        Assert.DoesNotContain("\n", error);
    }

    [TestMethod]
    public void Help_has_every_option_and_examples()
    {
        var output = new StringWriter();
        Assert.IsNull(new CommandLine().Read(["--help"], output, out StationSettings? settings));
        Assert.IsNull(settings);
        foreach (string option in new[] { "--adapter", "--interrupt", "--reset", "--dhcp", "--clock", "--tries", "Examples" })
        {
            Assert.Contains(option, output.ToString());
        }
    }

    private static StationSettings Read(string arguments)
    {
        Assert.IsNull(Parse(arguments, out StationSettings? settings));
        return settings!;
    }

    private static string? Parse(string arguments, out StationSettings? settings) =>
        new CommandLine().Read(arguments.Split(' ', System.StringSplitOptions.RemoveEmptyEntries), TextWriter.Null, out settings);
}
