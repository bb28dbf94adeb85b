using EmbeddedTcp.Drivers.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>Frames through the driver and the model: every length, across the pointers' wrap, alone and in bursts.</summary>
[TestClass]
public sealed class DriverDataTests
{
    [TestMethod]
    public void Frames_of_every_length_arrive_exact()
    {
        var rig = Rig.Opened();
        for (int length = 60; length <= 1514; length++)
        {
            byte[] frame = Rig.Frame(length, length);
            Assert.IsTrue(rig.Deliver(frame));
            CollectionAssert.AreEqual(frame, rig.Receive(), $"length {length}");
            Assert.IsNull(rig.Receive());
        }

        Assert.AreEqual(1455, rig.Driver.FramesReceived);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void Frames_of_every_length_leave_exact()
    {
        var rig = Rig.Opened();
        for (int length = 60; length <= 1514; length++)
        {
            byte[] frame = Rig.Frame(length, length);
            rig.SendForSure(frame);
            rig.Pass(1);
            Assert.HasCount(length - 59, rig.Wire.Frames);
            CollectionAssert.AreEqual(frame, rig.Wire.Frames[^1], $"length {length}");
        }

        Assert.AreEqual(1455, rig.Driver.FramesSent);
        Assert.AreEqual(0, rig.Driver.SendErrors);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }
}
