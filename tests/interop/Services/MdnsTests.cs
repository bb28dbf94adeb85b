using EmbeddedTcp.InteropTests.Tap;
using EmbeddedTcp.Services.Mdns;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Services;

/// <summary>The multicast DNS responder against Avahi's tools.</summary>
[TestClass]
public sealed class MdnsTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void Avahi_finds_the_board()
    {
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { HostName = "board-9" });
        using var avahi = new Avahi(lab);
        lab.Running.WaitUntil(b => b.Application.Network.Mdns.State == MdnsState.Running, "the name is ours");
        avahi.Expect("board-9.local\t10.77.0.2", "avahi-resolve", "-4", "-n", "board-9.local");
        avahi.Expect(";_http._tcp;local;board-9.local;10.77.0.2;80;", "avahi-browse", "--parsable", "--resolve", "--no-db-lookup", "--terminate", "_http._tcp");
        Assert.AreEqual(0, lab.Running.Ask(b => b.Application.Network.Mdns.Conflicts));
        Assert.AreEqual("board-9", lab.Running.Ask(b => b.Application.Network.Mdns.Name));
    }
}
