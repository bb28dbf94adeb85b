using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using EmbeddedTcp.Boards;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.BoardTests;

/// <summary>What a board's Board.cs says is possible, and its README's wiring table says the same.</summary>
[TestClass]
public sealed class BoardFileTests
{
    private static readonly (string Property, string Signal)[] s_signals =
        [("Mosi", "MOSI|SI"), ("Miso", "MISO|SO"), ("Sclk", "SCLK|SCK"), ("ChipSelect", "SCSn, CS|CS"), ("Interrupt", "INTn, INT|INT"), ("Reset", "RSTn, RST|RST, RESET")];

    [TestMethod]
    public void There_are_boards()
    {
        CollectionAssert.IsSubsetOf(new[] { "esp32-devkitc-w5500", "esp32-devkitc-enc28j60", "esp32-s3-eth", "t-eth-lite-s3", "m5-lan" }, Boards().Select(b => (string)b[0]).ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Boards))]
    public void A_board_passes_its_own_check(string name)
    {
        Assert.IsNull(Read(name).Check());
    }

    [TestMethod]
    [DynamicData(nameof(Boards))]
    public void The_readme_s_wiring_table_is_board_cs(string name)
    {
        Esp32Board board = Read(name);
        string readme = File.ReadAllText(Path.Combine(Folder(name), "README.md"));
        foreach ((string property, string signal) in s_signals)
        {
            Match row = Regex.Match(readme, @"^\| (?:" + signal + @") \| GPIO (\d+) \|", RegexOptions.Multiline);
            Assert.IsTrue(row.Success, $"{name}: no row for {signal}");
            Assert.AreEqual((int)typeof(Esp32Board).GetProperty(property)!.GetValue(board)!, int.Parse(row.Groups[1].Value), $"{name}: {signal}");
        }

        Assert.Contains($"GPIO {board.ConsoleTransmit} (COM{board.ConsolePort} transmit)", readme);
        Assert.Contains($"GPIO {board.ConsoleReceive} (COM{board.ConsolePort} receive)", readme);
        Assert.Contains("EmbeddedTcp on " + board.Name, readme);
        Assert.Contains($"-p:Board={name}", readme);
    }

    [TestMethod]
    [DataRow("Mosi", 18, "Sclk and Mosi are both GPIO 18")]
    [DataRow("Miso", -1, "Miso is -1, which is no GPIO")]
    [DataRow("Interrupt", 49, "Interrupt is 49, which is no GPIO")]
    [DataRow("Reset", -2, "Reset is -2, which is no GPIO")]
    [DataRow("ConsoleTransmit", -1, "ConsoleTransmit is -1, which is no GPIO")]
    [DataRow("SpiBus", 3, "SpiBus is 3; there are 1 and 2")]
    [DataRow("ConsolePort", 1, "ConsolePort is 1; 2 and 3 can be used, 0 is none, 1 is the debugger's")]
    [DataRow("SpiClock", 500000, "SpiClock is 500000; 1,000,000 to 80,000,000 will do")]
    [DataRow("Chip", 2, "Chip is 2; there are Esp32Board.W5500 and Esp32Board.Enc28j60")]
    [DataRow("PollInterval", 0, "PollInterval is 0; 1 to 1,000 ms will do")]
    [DataRow("AppPort", -1, "AppPort is -1; 0 to 65,535 will do")]
    [DataRow("AppPort", 65536, "AppPort is 65536; 0 to 65,535 will do")]
    [DataRow("Output", 49, "Output is 49, which is no GPIO")]
    [DataRow("Output", -2, "Output is -2, which is no GPIO")]
    [DataRow("Output", 18, "Output and Sclk are both GPIO 18")]
    public void A_mistake_is_named(string property, int value, string complaint)
    {
        Esp32Board board = Read("esp32-devkitc-w5500");
        typeof(Esp32Board).GetProperty(property)!.SetValue(board, value);
        Assert.AreEqual(complaint, board.Check());
    }

    [TestMethod]
    public void An_ENC28J60_s_clock_has_a_limit_of_its_own()
    {
        Esp32Board board = Read("esp32-devkitc-enc28j60");
        Assert.AreEqual(Esp32Board.Enc28j60, board.Chip);
        board.SpiClock = 26000000;
        Assert.AreEqual("SpiClock is 26000000; an ENC28J60 takes 20,000,000 at most", board.Check());
    }

    [TestMethod]
    public void Optional_lines_may_be_left_out()
    {
        Esp32Board board = Read("esp32-devkitc-w5500");
        board.Interrupt = board.Reset = board.Led = Esp32Board.NotConnected;
        board.ConsolePort = 0;
        board.ConsoleTransmit = board.ConsoleReceive = Esp32Board.NotConnected;
        Assert.IsNull(board.Check());
    }

    [TestMethod]
    public void A_signal_on_a_pin_that_is_held_high_is_named()
    {
        Esp32Board board = Read("m5-lan");
        board.HeldHigh = [14, 26];
        Assert.AreEqual("ChipSelect is GPIO 26, which is held high", board.Check());
    }

    [TestMethod]
    [DataRow(new byte[] { 1, 2, 3, 4, 5, 6 })]
    [DataRow(new byte[] { 2, 3, 4 })]
    public void An_ethernet_address_that_is_none_is_named(byte[] address)
    {
        Esp32Board board = Read("m5-lan");
        board.MacAddress = address;
        Assert.AreEqual("MacAddress must be six bytes, the first one even", board.Check());
    }

    [TestMethod]
    public void The_chip_s_address_becomes_a_locally_administered_one()
    {
        CollectionAssert.AreEqual(new byte[] { 0x0A, 0x3A, 0xF2, 0x44, 0xA5, 0x28 }, MacAddressRule.Derive([0x08, 0x3A, 0xF2, 0x44, 0xA5, 0x28]));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(new byte[] { 8, 1, 2 })]
    [DataRow(new byte[] { 0, 0, 0, 0, 0, 0 })]
    [DataRow(new byte[] { 255, 255, 255, 255, 255, 255 })]
    public void What_is_no_station_s_address_gives_none(byte[]? address)
    {
        Assert.IsNull(MacAddressRule.Derive(address));
    }

    private static IEnumerable<object[]> Boards()
    {
        return Directory.GetDirectories(Root()).Select(static folder => Path.GetFileName(folder))
            .Where(static name => File.Exists(Path.Combine(Folder(name), "Board.cs")) && File.Exists(Path.Combine(Folder(name), name + ".csproj")))
            .Select(static name => new object[] { name });
    }

    // The boards' classes all have one name, so their sources are read instead: every line "Property = value,".
    private static Esp32Board Read(string name)
    {
        string source = File.ReadAllText(Path.Combine(Folder(name), "Board.cs"));
        Dictionary<string, int> constants = Regex.Matches(source, @"const int (\w+) = (\d+);").ToDictionary(static m => m.Groups[1].Value, static m => int.Parse(m.Groups[2].Value));
        int Number(string text) => text.StartsWith("Esp32Board.", StringComparison.Ordinal)
            ? (int)typeof(Esp32Board).GetField(text["Esp32Board.".Length..])!.GetValue(null)!
            : constants.TryGetValue(text, out int value) ? value : int.Parse(text);
        var board = new Esp32Board();
        foreach (Match line in Regex.Matches(source, @"^            (\w+) = (.+),\r?$", RegexOptions.Multiline))
        {
            System.Reflection.PropertyInfo property = typeof(Esp32Board).GetProperty(line.Groups[1].Value)!;
            string value = line.Groups[2].Value;
            if (property.PropertyType == typeof(int))
            {
                property.SetValue(board, Number(value));
            }
            else if (property.PropertyType == typeof(string))
            {
                property.SetValue(board, value.Trim('"'));
            }
            else if (property.PropertyType == typeof(int[]))
            {
                property.SetValue(board, value.Split('{', '}')[1].Split(',').Select(static v => v.Trim()).Select(Number).ToArray());
            }
            else
            {
                Assert.Fail($"{name}: {line.Value}");
            }
        }

        return board;
    }

    private static string Folder(string name) => Path.Combine(Root(), name);

    private static string Root([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "boards");
}
