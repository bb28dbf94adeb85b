using EmbeddedTcp.Drivers.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>Frames through the driver and the model: every length, across the pointers' wrap, alone and in bursts.</summary>
[TestClass]
public sealed class DriverDataTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Frames_of_every_length_arrive_exact(bool plain)
    {
        var rig = Ready(plain);
        for (int length = 60; length <= 1514; length++)
        {
            byte[] frame = Rig.Frame(length, length);
            Assert.IsTrue(rig.Deliver(frame));
            CollectionAssert.AreEqual(frame, rig.Receive(), $"length {length}");
            Assert.IsNull(rig.Receive());
        }

        // 1455 frames with an average of 787 bytes: the 16-bit pointers wrapped seventeen times.
        Assert.AreEqual(1455, rig.Driver.FramesReceived);
        AssertNoTrouble(rig);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Frames_of_every_length_leave_exact(bool plain)
    {
        var rig = Ready(plain);
        for (int length = 60; length <= 1514; length++)
        {
            byte[] frame = Rig.Frame(length, length);
            rig.SendForSure(frame);
            rig.Pass(1);
            Assert.HasCount(length - 59, rig.Wire.Frames);
            CollectionAssert.AreEqual(frame, rig.Wire.Frames[^1], $"length {length}");
        }

        Assert.AreEqual(1455, rig.Driver.FramesSent);
        AssertNoTrouble(rig);
    }

    [TestMethod] // IEEE 802.3: 60 bytes without FCS at least; what the engine wrote before must not leak out
    public void Short_frames_are_padded_with_zeros()
    {
        var rig = Rig.Opened();
        rig.SendForSure(Rig.Frame(1514, 1));
        rig.Pass(1);
        for (int length = 14; length < 60; length++)
        {
            byte[] frame = Rig.Frame(length, length);
            rig.SendForSure(frame);
            rig.Pass(1);
            byte[] sent = rig.Wire.Frames[^1];
            Assert.HasCount(60, sent);
            CollectionAssert.AreEqual(frame, sent[..length]);
            CollectionAssert.AreEqual(new byte[60 - length], sent[length..]);
        }
    }

    [TestMethod]
    [DataRow(1523)]
    [DataRow(W5500Driver.DefaultReceiveBufferSize)]
    [DataRow(16384)]
    public void A_full_chip_is_drained_whatever_the_size_of_the_buffer(int bufferSize)
    {
        var rig = Rig.Opened(bufferSize);
        var random = new Random(bufferSize);
        int number = 0;
        for (int round = 0; round < 50; round++)
        {
            // The last RECV takes effect; then frames until the chip refuses.
            rig.Chip.Spend(1_000);
            var expected = new List<byte[]>();
            while (true)
            {
                byte[] frame = Rig.Frame(random.Next(60, 1515), number++);
                if (!rig.Deliver(frame))
                {
                    break;
                }

                expected.Add(frame);
            }

            List<byte[]> received = rig.ReceiveAll();
            Assert.HasCount(expected.Count, received);
            for (int i = 0; i < expected.Count; i++)
            {
                CollectionAssert.AreEqual(expected[i], received[i]);
            }
        }

        Assert.AreEqual(50, rig.Chip.FramesOverrun);
        AssertNoTrouble(rig);
    }

    [TestMethod] // The room in the chip is free again before the engine has looked at the first frame of the batch
    public void Fetched_frames_do_not_occupy_the_chip()
    {
        var rig = Rig.Opened(16384);
        for (int i = 0; i < 10; i++)
        {
            Assert.IsTrue(rig.Deliver(Rig.Frame(1514, i)));
        }

        CollectionAssert.AreEqual(Rig.Frame(1514, 0), rig.Receive());
        rig.Chip.Spend(1_000);
        for (int i = 10; i < 20; i++)
        {
            Assert.IsTrue(rig.Deliver(Rig.Frame(1514, i)));
        }

        for (int i = 1; i < 20; i++)
        {
            CollectionAssert.AreEqual(Rig.Frame(1514, i), rig.Receive(), $"frame {i}");
        }

        Assert.IsNull(rig.Receive());
    }

    [TestMethod] // A VLAN tag makes 1,518; the engine's buffers end at 1,514
    public void Oversize_frame_is_dropped_alone_and_counted()
    {
        var rig = Rig.Opened();
        Assert.IsTrue(rig.Deliver(Rig.Frame(100, 1)));
        Assert.IsTrue(rig.Deliver(Rig.Frame(1518, 2)));
        Assert.IsTrue(rig.Deliver(Rig.Frame(100, 3)));
        List<byte[]> received = rig.ReceiveAll();
        Assert.HasCount(2, received);
        CollectionAssert.AreEqual(Rig.Frame(100, 1), received[0]);
        CollectionAssert.AreEqual(Rig.Frame(100, 3), received[1]);
        Assert.AreEqual(1, rig.Driver.OversizeFrames);
        Assert.AreEqual(1, rig.Driver.ReceiveErrors);
    }

    [TestMethod]
    public void Sending_does_not_disturb_a_batch_that_is_being_handed_out()
    {
        var rig = Rig.Opened();
        for (int i = 0; i < 8; i++)
        {
            Assert.IsTrue(rig.Deliver(Rig.Frame(700 + i, i)));
        }

        for (int i = 0; i < 8; i++)
        {
            CollectionAssert.AreEqual(Rig.Frame(700 + i, i), rig.Receive());
            rig.SendForSure(Rig.Frame(64 + i, 100 + i));
        }

        rig.Pass(1);
        for (int i = 0; i < 8; i++)
        {
            CollectionAssert.AreEqual(Rig.Frame(64 + i, 100 + i), rig.Wire.Frames[i]);
        }

        AssertNoTrouble(rig);
    }

    [TestMethod] // A frame's wire time fits into the upload of the next: no Send is ever refused at 100 Mbit/s
    [DataRow(60)]
    [DataRow(1514)]
    public void Sending_back_to_back_is_not_paced_by_the_millisecond(int length)
    {
        var rig = Rig.Opened();
        byte[] frame = Rig.Frame(length, 1);
        long before = rig.Chip.NowNanoseconds;
        for (int i = 0; i < 1000; i++)
        {
            Assert.IsTrue(rig.Send(frame));
        }

        // Three transactions of 9 us and 30 bytes besides the frame, at 400 ns a byte; SENDOK polls would come on top.
        long each = (rig.Chip.NowNanoseconds - before) / 1000;
        Assert.IsLessThanOrEqualTo((length + 30) * 400 + 3 * 9000, each);
        rig.Pass(1);
        Assert.HasCount(1000, rig.Wire.Frames);
    }

    [TestMethod]
    public void Ten_megabit_link_waits_for_the_wire_and_refuses_nothing()
    {
        var rig = new Rig();
        rig.Chip.PartnerFast = false;
        rig.OpenWithLink();
        byte[] frame = Rig.Frame(1514, 1);
        long before = rig.Chip.NowNanoseconds;
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(rig.Send(frame));
        }

        long each = (rig.Chip.NowNanoseconds - before) / 100;
        Assert.IsGreaterThan(1_200_000, each, "1,538 bytes at 10 Mbit/s are 1.23 ms");
        Assert.IsLessThan(1_300_000, each);
        AssertNoTrouble(rig);
    }

    [TestMethod]
    public void Link_state_follows_the_cable()
    {
        var rig = Rig.Opened();
        rig.Chip.SetCable(false);
        for (int i = 0; i < 7; i++)
        {
            rig.Pass(100);
            rig.Receive();
        }

        Assert.IsFalse(rig.Driver.LinkUp);
        byte[] frame = Rig.Frame(60, 1);
        Assert.IsTrue(rig.Send(frame));
        Assert.AreEqual(1, rig.Driver.SendsWithoutLink);
        Assert.AreEqual(0, rig.Driver.FramesSent);
        rig.Chip.SetCable(true);
        rig.Settle();
        Assert.IsTrue(rig.Driver.LinkUp);
        Assert.AreEqual(2, rig.Driver.LinkChanges - LinkChangesAtOpen);
        Assert.IsTrue(rig.Send(frame));
        rig.Pass(1);
        CollectionAssert.AreEqual(frame, rig.Wire.Frames.Single());
    }

    // Negotiation ends after Open has returned.
    private const int LinkChangesAtOpen = 1;

    private static Rig Ready(bool plain)
    {
        var rig = new Rig();
        rig.Driver.AllowChains = !plain;
        rig.OpenWithLink();
        Assert.AreEqual(!plain, rig.Driver.Chained);
        return rig;
    }

    private static void AssertNoTrouble(Rig rig)
    {
        W5500Driver driver = rig.Driver;
        Assert.AreEqual(0, driver.ReceiveErrors);
        Assert.AreEqual(0, driver.SendErrors);
        Assert.AreEqual(0, driver.SendRefusals);
        Assert.AreEqual(0, driver.Rereads);
        Assert.AreEqual(0, driver.Repeats);
        Assert.AreEqual(0, driver.LostCommands);
        Assert.AreEqual(0, driver.PointerMismatches);
        Assert.AreEqual(0, driver.MissedInterrupts);
        Assert.AreEqual(0, driver.Recoveries);
        Assert.AreEqual(0, rig.Chip.RuntsTransmitted);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }
}
