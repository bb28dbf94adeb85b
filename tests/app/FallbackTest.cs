using System;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Services.Dhcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

/// <summary>What address a board has while no DHCP server answers.</summary>
[TestClass]
public sealed class FallbackTest
{
    private const uint Fixed = 0x0A4D0021;
    private const uint LinkLocalNetwork = 0xA9FE;

    private static Board Start(ApplicationOptions options)
    {
        options.Dhcp = true;
        return new Board(new StackOptions { Address = 0, Connections = 4, UdpSockets = 4, MulticastGroups = 1 }, options);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Fixed_address_is_used_and_works(bool detectConflicts)
    {
        Board board = Start(new ApplicationOptions { FallbackAddress = Fixed, FallbackGateway = 0x0A4D0001, DetectConflicts = detectConflicts });
        board.RunUntil(() => board.App.Net.Address != 0, "an address", 60000);
        Assert.AreEqual((Fixed, 24, 0x0A4D0001u), (board.App.Net.Address, board.App.Net.PrefixLength, board.App.Net.Gateway));
        Assert.AreEqual(DhcpState.Selecting, board.App.Network!.Dhcp.State, "it goes on asking");
        Client client = board.Connect(7);
        client.Send("there");
        client.UntilReceived(5);
        Assert.AreEqual("there", client.ReceivedText);
    }

    [TestMethod]
    public void Link_local_address_comes_first_where_both_are_asked_for()
    {
        Board board = Start(new ApplicationOptions { FallbackAddress = Fixed, LinkLocalFallback = true });
        board.RunUntil(() => board.App.Net.Address != 0, "an address", 60000);
        Assert.AreEqual(LinkLocalNetwork, board.App.Net.Address >> 16);
    }

    [TestMethod]
    [DataRow(0x0A4D00FFu, 24)]
    [DataRow(0x0A4D0021u, 31)]
    public void Impossible_address_is_refused_at_once(uint address, int prefix)
    {
        ArgumentException e = Assert.ThrowsExactly<ArgumentException>(() => Start(new ApplicationOptions { FallbackAddress = address, FallbackPrefixLength = prefix }));
        Assert.AreEqual("FallbackAddress", e.Message);
    }
}
