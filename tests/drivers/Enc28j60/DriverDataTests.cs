using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.Drivers.Enc28j60;

namespace EmbeddedTcp.DriverTests.Enc28j60;

/// <summary>Frames through the driver and the model: every length, across the FIFO's end, alone and in bursts.</summary>
[TestClass]
public sealed class EncDriverDataTests
{
    [TestMethod]
    public void Frames_of_every_length_arrive_exact()
    {
        var rig = EncRig.Opened();
        for (int length = 60; length <= 1514; length++)
        {
            byte[] frame = EncRig.Frame(length, length);
            Assert.IsTrue(rig.Deliver(frame));
            CollectionAssert.AreEqual(frame, rig.Receive(), $"length {length}");
            Assert.IsNull(rig.Receive());
        }

        // 1455 frames with an average of 797 bytes in a FIFO of 6,656: it was gone round 174 times, and headers lay across its end.
        Assert.AreEqual(1455, rig.Driver.FramesReceived);
        AssertNoTrouble(rig);
    }

    [TestMethod]
    public void Frames_of_every_length_leave_exact()
    {
        var rig = EncRig.Opened();
        for (int length = 60; length <= 1514; length++)
        {
            byte[] frame = EncRig.Frame(length, length);
            rig.SendForSure(frame);
            rig.Pass(2);
            Assert.HasCount(length - 59, rig.Wire.Frames);
            CollectionAssert.AreEqual(frame, rig.Wire.Frames[^1], $"length {length}");
        }

        Assert.AreEqual(1455, rig.Driver.FramesSent);
        AssertNoTrouble(rig);
    }

    [TestMethod] // IEEE 802.3: 60 bytes without FCS at least; what the engine wrote before must not leak out
    public void Short_frames_are_padded_with_zeros()
    {
        var rig = EncRig.Opened();
        rig.SendForSure(EncRig.Frame(1514, 1));
        rig.Pass(2);
        for (int length = 14; length < 60; length++)
        {
            byte[] frame = EncRig.Frame(length, length);
            rig.SendForSure(frame);
            rig.Pass(1);
            byte[] sent = rig.Wire.Frames[^1];
            Assert.HasCount(60, sent);
            CollectionAssert.AreEqual(frame, sent[..length]);
            CollectionAssert.AreEqual(new byte[60 - length], sent[length..]);
        }
    }

    [TestMethod] // Section 7.2.2: frames shorter than the wire allows pass the chip; the driver bears them
    public void Runts_are_handed_over_as_they_are()
    {
        var rig = EncRig.Opened();
        rig.Chip.PadDelivered = false;
        for (int length = 14; length < 60; length++)
        {
            Assert.IsTrue(rig.Deliver(EncRig.Frame(length, length)));
            CollectionAssert.AreEqual(EncRig.Frame(length, length), rig.Receive());
        }

        AssertNoTrouble(rig);
    }

    [TestMethod]
    public void A_full_chip_is_drained()
    {
        var rig = EncRig.Opened();
        var random = new Random(7);
        int number = 0;
        for (int round = 0; round < 300; round++)
        {
            var expected = new List<byte[]>();
            while (true)
            {
                byte[] frame = EncRig.Frame(random.Next(60, round % 2 == 0 ? 1515 : 100), number++);
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

        Assert.AreEqual(300, rig.Chip.FramesOverrun);
        rig.Pass(100);
        Assert.IsNull(rig.Receive());
        Assert.IsGreaterThan(0, rig.Driver.Overflows);
        Assert.AreEqual(rig.Driver.Overflows, rig.Driver.ReceiveErrors);
        Assert.AreEqual(0, rig.Driver.Recoveries + rig.Driver.ReceiverRestarts);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void Frames_that_arrive_while_a_backlog_is_fetched_are_not_lost()
    {
        var rig = EncRig.Opened();
        var random = new Random(3);
        int next = 0;
        int number = 0;
        while (next < 3000)
        {
            byte[] frame = EncRig.Frame(random.Next(60, 700), number);
            if (rig.Deliver(frame))
            {
                number++;
            }

            for (int i = random.Next(3); i > 0 && rig.Receive() is { } received; i--)
            {
                CollectionAssert.AreEqual(EncRig.Frame(received.Length, next), received);
                next++;
            }
        }

        Assert.AreEqual(0, rig.Driver.ReceiverRestarts + rig.Driver.Rereads);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void Sending_does_not_disturb_a_backlog_that_is_being_fetched()
    {
        var rig = EncRig.Opened();
        for (int i = 0; i < 8; i++)
        {
            Assert.IsTrue(rig.Deliver(EncRig.Frame(700 + i, i)));
        }

        for (int i = 0; i < 8; i++)
        {
            CollectionAssert.AreEqual(EncRig.Frame(700 + i, i), rig.Receive());
            rig.SendForSure(EncRig.Frame(64 + i, 100 + i));
        }

        rig.Pass(2);
        for (int i = 0; i < 8; i++)
        {
            CollectionAssert.AreEqual(EncRig.Frame(64 + i, 100 + i), rig.Wire.Frames[i]);
        }

        Assert.AreEqual(0, rig.Driver.ReceiveErrors + rig.Driver.SendErrors);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void Link_state_follows_the_cable()
    {
        var rig = EncRig.Opened();
        rig.Chip.SetCable(false);
        for (int i = 0; i < 7; i++)
        {
            rig.Pass(100);
            rig.Receive();
        }

        Assert.IsFalse(rig.Driver.LinkUp);
        byte[] frame = EncRig.Frame(60, 1);
        Assert.IsTrue(rig.Send(frame));
        Assert.AreEqual(1, rig.Driver.SendsWithoutLink);
        Assert.AreEqual(0, rig.Driver.FramesSent);
        rig.Chip.SetCable(true);
        rig.Settle();
        Assert.IsTrue(rig.Driver.LinkUp);
        Assert.AreEqual(3, rig.Driver.LinkChanges, "up after Open, down, up");
        Assert.IsTrue(rig.Send(frame));
        rig.Pass(1);
        CollectionAssert.AreEqual(frame, rig.Wire.Frames.Single());
    }

    [TestMethod]
    [DataRow(Enc28j60Errata.B1)]
    [DataRow(Enc28j60Errata.B4)]
    [DataRow(Enc28j60Errata.B5)]
    [DataRow(Enc28j60Errata.B7)]
    public void Every_revision_moves_frames_without_trouble(int revision)
    {
        var rig = EncRig.Opened(revision);
        for (int i = 0; i < 300; i++)
        {
            byte[] frame = EncRig.Frame(60 + i * 4, i);
            Assert.IsTrue(rig.Deliver(frame));
            CollectionAssert.AreEqual(frame, rig.Receive());
            rig.SendForSure(frame);
            rig.Pass(2);
            CollectionAssert.AreEqual(frame, rig.Wire.Frames[^1]);
        }

        AssertNoTrouble(rig);
    }

    private static void AssertNoTrouble(EncRig rig)
    {
        Enc28j60Driver driver = rig.Driver;
        Assert.AreEqual(0, driver.ReceiveErrors);
        Assert.AreEqual(0, driver.SendErrors);
        Assert.AreEqual(0, driver.SendRefusals);
        Assert.AreEqual(0, driver.Rereads);
        Assert.AreEqual(0, driver.PointerMismatches + driver.BankMismatches);
        Assert.AreEqual(0, driver.MissedInterrupts);
        Assert.AreEqual(0, driver.ReceiverRestarts + driver.TransmitterRestarts + driver.Recoveries);
        Assert.AreEqual(0, rig.Chip.RuntsTransmitted + rig.Chip.BadFcsTransmitted);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }
}
