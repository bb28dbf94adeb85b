using System.Collections.Generic;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.Services.Dhcp;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Services;

/// <summary>The user-mode network's DHCP server and name server, and the console's commands that use them. Needs no privileges.</summary>
[TestClass]
public sealed class UserNetServicesTests
{
    [TestMethod]
    public void Board_gets_its_address_and_finds_names()
    {
        var settings = new BoardSettings { Dhcp = true, Forwards = [], Names = new Dictionary<string, uint> { ["printer.lan"] = 0x0A4D0009 } };
        using RunningBoard board = RunningBoard.Start(settings);
        board.WaitUntil(b => b.Application.Network.Dhcp.State == DhcpState.Bound, "bound");
        StringAssert.Contains(board.Printed, "address   10.77.0.2/24, gateway 10.77.0.1");
        string shown = board.Type("dhcp");
        StringAssert.Contains(shown, "state     BOUND");
        StringAssert.Contains(shown, "server    10.77.0.1");
        StringAssert.Contains(board.Type("dig Printer.LAN"), "10.77.0.9");
        StringAssert.Contains(board.Type("dig nothing.lan"), "dig: no such name");
        StringAssert.Contains(board.Type("dig two words"), "dig");
        StringAssert.Contains(board.Type("udp 10.77.0.1 99 hello"), "unreachable, code 3");
        StringAssert.Contains(board.Type("udp"), "*:68");
        StringAssert.Contains(board.Type("udp nowhere"), "needed");
        StringAssert.Contains(board.Type("ntp"), "not synchronised");
        board.Type("dhcp release");
        board.WaitUntil(b => b.Net.Address == 0, "no address");
        board.Type("dhcp start");
        board.WaitUntil(b => b.Net.Address == 0x0A4D0002, "an address again");
    }

    [TestMethod]
    public void Options_are_understood()
    {
        var line = new CommandLine();
        Assert.IsNull(line.Read(["--ip", "dhcp", "--host", "a.lan=10.77.0.9", "--host", "B.lan=1.2.3.4"], System.IO.TextWriter.Null, out BoardSettings? settings));
        Assert.IsTrue(settings!.Dhcp);
        Assert.AreEqual((0x0A4D0002u, 24), (settings.Board.Address, settings.Board.PrefixLength));
        Assert.AreEqual((0x0A4D0009u, 0x01020304u), (settings.Names["a.lan"], settings.Names["b.lan"]));
        Assert.IsNull(line.Read(["--ip", "dhcp", "--host-ip", "192.168.1.254/24"], System.IO.TextWriter.Null, out settings));
        Assert.AreEqual(0xC0A801FDu, settings!.Board.Address);
        Assert.IsNull(line.Read([], System.IO.TextWriter.Null, out settings));
        Assert.IsFalse(settings!.Dhcp);
        foreach (string bad in new[] { "a.lan", "=1.2.3.4", "a=1.2.3" })
        {
            StringAssert.StartsWith(line.Read(["--host", bad], System.IO.TextWriter.Null, out settings), "--host: ");
        }
    }
}
