using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>The data path allocates nothing, in the driver and in the model under it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DriverAllocationTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Ten_thousand_frames_each_way_allocate_nothing(bool chains)
    {
        var chip = new W5500Model();
        var wire = new CountingEnd();
        chip.Cable = wire;
        var bus = new ModelSpiBus(chip);
        var driver = new W5500Driver(bus) { AllowChains = chains };
        Assert.IsTrue(driver.Open(Rig.Mac));
        byte[] frame = Rig.Frame(1514, 1);
        Array.Copy(frame, 0, driver.TxBuffer, driver.TxOffset, 1514);
        chip.Spend(chip.NegotiationNanoseconds);
        Exchange(chip, driver, frame, 1000);
        Assert.IsTrue(driver.LinkUp);

        int received = driver.FramesReceived;
        int sent = driver.FramesSent;
        int transmitted = wire.Count;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(chip, driver, frame, 10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.AreEqual(0, allocated);
        Assert.AreEqual(10_000, driver.FramesReceived - received);
        Assert.AreEqual(10_000, driver.FramesSent - sent);
        Assert.AreEqual(10_000, wire.Count - transmitted);
    }

    // Lone frames and backlogs of three, idle polls, the periodic check, and a Send after each frame.
    private static void Exchange(W5500Model chip, W5500Driver driver, byte[] frame, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            driver.NowMs = (int)(chip.NowMicroseconds / 1000);
            chip.Deliver(frame, 0, 60 + i % 1455);
            if (i % 4 < 2)
            {
                while (driver.Receive() != 0)
                {
                }
            }

            while (!driver.Send(14 + i % 1501))
            {
                chip.Spend(1_000_000);
                driver.NowMs = (int)(chip.NowMicroseconds / 1000);
            }
        }

        chip.Spend(1_000_000);
        while (driver.Receive() != 0)
        {
        }
    }

    private sealed class CountingEnd : CableEnd
    {
        public int Count;

        public override void Transmitted(byte[] frame, int offset, int length) => Count++;
    }
}
