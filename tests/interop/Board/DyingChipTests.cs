using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Board;

/// <summary>A chip that dies under a running board: said on the console, once, and the board lives on.</summary>
[TestClass]
public sealed class DyingChipTests
{
    [TestMethod]
    [DataRow("w5500", 0xFF, "error: No W5500: VERSIONR read FF")]
    [DataRow("enc28j60", 0xFF, "error: No ENC28J60: EREVID read FF")]
    [DataRow("w5500", 0x00, "error: No W5500: VERSIONR read 00")]
    [DataRow("enc28j60", 0x00, "error: No ENC28J60: EREVID read 00")]
    public void A_chip_that_dies_is_said_on_the_console_and_has_no_link(string name, int level, string error)
    {
        Assert.IsTrue(ChipKind.TryFind(name, out ChipKind? kind));
        using RunningBoard board = RunningBoard.Start(new BoardSettings { Chip = kind, Forwards = [new PortForward(0, 7)] });
        Assert.DoesNotContain("error:", board.Printed);
        board.Ask(b => b.Chip.Faults.AbsentLevel = level);
        board.WaitUntil(b => !b.Net.Device.LinkUp, "no link");
        board.WaitUntil(_ => board.Printed.Contains(error), "the error on the console");
        StringAssert.Contains(board.Type("uptime"), "up 0 days");

        // The driver tries again every second; the console does not repeat itself.
        Thread.Sleep(2_500);
        Assert.HasCount(2, board.Printed.Split("error:"));
        board.Ask(b => b.Chip.Faults.AbsentLevel = -1);
        board.WaitUntil(b => b.Net.Device.LinkUp, "the link is back");
        StringAssert.Contains(board.Printed, "works again");
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board));
        host.Send("hello"u8.ToArray());
        Assert.AreEqual("hello", System.Text.Encoding.ASCII.GetString(host.Read(5)));
    }

    private static int Port(RunningBoard board)
    {
        string line = board.Printed.Split("-> 10.77.0.2:7")[0];
        return int.Parse(line[(line.LastIndexOf(':') + 1)..]);
    }
}
