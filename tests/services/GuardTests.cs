using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>Address conflict detection between two stacks.</summary>
[TestClass]
public class GuardTests
{
    /// <summary>A free address is probed for and used; one that the neighbour has is not.</summary>
    [TestMethod]
    public void Address_is_probed_for()
    {
        TwoStacks t = new TwoStacks();
        t.Settle();
        t.A.Configure(0, 24, 0);
        AddressGuard guard = new AddressGuard(t.A);
        guard.Probe(TwoStacks.AddressB);
        t.Run(8000);
        Assert.AreEqual(GuardState.Taken, guard.State);
        guard.Claim(TwoStacks.AddressB + 7, 24, 0);
        t.Run(8000);
        Assert.AreEqual(GuardState.Ours, guard.State);
        Assert.IsTrue(t.A.Address == TwoStacks.AddressB + 7, "not configured");
        Assert.AreEqual(1, guard.Conflicts);
    }
}
