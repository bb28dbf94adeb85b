using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>Faults of the receive path, one at a time: what the driver does about it, what it counts, and that no wait is without end.</summary>
[TestClass]
public sealed class DriverReceiveFaultTests
{
    [TestMethod] // espressif/esp-idf#6572, #12476: one wrong length poisons the FIFO
    public void A_wrong_length_header_loses_the_backlog_and_nothing_after_it()
    {
        var rig = Rig.Opened();
        rig.Deliver(Rig.Frame(300, 1));
        rig.Chip.Faults.CorruptLengthEvery = 1;
        rig.Chip.Faults.Seed(FindSeedForALength(1521, 65535));
        rig.Deliver(Rig.Frame(300, 2));
        rig.Chip.Faults.CorruptLengthEvery = 0;
        rig.Deliver(Rig.Frame(300, 3));
        CollectionAssert.AreEqual(Rig.Frame(300, 1), rig.Receive());
        Assert.IsNull(rig.Receive());
        Assert.AreEqual(1, rig.Driver.BadLengths);
        Assert.AreEqual(1, rig.Driver.Skips);
        Assert.AreEqual(1, rig.Driver.ReceiveErrors);
        rig.Deliver(Rig.Frame(300, 4));
        CollectionAssert.AreEqual(Rig.Frame(300, 4), rig.Receive());
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void A_length_that_only_the_backlog_could_hold_is_no_frame()
    {
        var rig = Rig.Opened(16384);
        rig.Chip.Faults.CorruptLengthEvery = 1;
        rig.Chip.Faults.Seed(FindSeedForALength(2000, 8000));
        rig.Deliver(Rig.Frame(1000, 0));
        rig.Chip.Faults.CorruptLengthEvery = 0;
        for (int i = 1; i < 10; i++)
        {
            Assert.IsTrue(rig.Deliver(Rig.Frame(1000, i)));
        }

        Assert.IsNull(rig.Receive());
        Assert.AreEqual(1, rig.Driver.BadLengths);
        Assert.AreEqual(0, rig.Driver.OversizeFrames);
    }

    [TestMethod]
    public void A_read_pointer_that_was_disturbed_is_written_again_and_loses_nothing()
    {
        var rig = Rig.Opened();
        rig.Deliver(Rig.Frame(300, 1));
        Assert.IsNotNull(rig.Receive());
        var spi = new Spi(rig.Chip);
        spi.WriteWord(Spi.S0, 0x28, 0x5555);
        spi.Command(0x40);
        Assert.IsGreaterThan(0x4000, spi.Word(Spi.S0, 0x26), "the chip now claims a nonsensical backlog");
        rig.Pass(100);
        rig.Receive();
        rig.Chip.Spend(1_000);
        Assert.IsTrue(rig.Deliver(Rig.Frame(300, 2)));
        CollectionAssert.AreEqual(Rig.Frame(300, 2), rig.Receive());
        Assert.AreEqual(1, rig.Driver.PointerMismatches);
        Assert.AreEqual(1, rig.Driver.Repeats);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod]
    public void Wrong_lengths_again_and_again_climb_the_ladder_and_end_in_a_working_chip()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.Seed(1);
        rig.Chip.Faults.CorruptLengthEvery = 1;
        for (int i = 0; i < 20; i++)
        {
            rig.Deliver(Rig.Frame(300, i));
            rig.ReceiveAll();
            rig.Pass(100);
        }

        Assert.IsGreaterThan(0, rig.Driver.Skips);
        Assert.IsGreaterThan(0, rig.Driver.Reopens);
        Assert.IsGreaterThan(0, rig.Driver.Resets);
        rig.Chip.Faults.CorruptLengthEvery = 0;
        rig.Settle();
        rig.Deliver(Rig.Frame(300, 99));
        CollectionAssert.AreEqual(Rig.Frame(300, 99), rig.Receive());
    }

    [TestMethod]
    public void A_single_disturbed_burst_is_read_again_and_loses_nothing()
    {
        // The disturbance: MISO reads FF for the duration of one transfer, the data burst of two frames.
        var rig = Rig.Opened();
        rig.Deliver(Rig.Frame(300, 1));
        rig.Deliver(Rig.Frame(300, 2));
        long status = 9_000 + 24 * 400;
        rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + status + 9_100, new Mishap(chip =>
        {
            chip.Faults.MisoFlipEvery = 1;
            chip.SetAlarm(chip.NowNanoseconds + 600 * 400, new Mishap(later => later.Faults.MisoFlipEvery = 0));
        }));
        CollectionAssert.AreEqual(Rig.Frame(300, 1), rig.Receive());
        CollectionAssert.AreEqual(Rig.Frame(300, 2), rig.Receive());
        Assert.AreEqual(1, rig.Driver.Rereads);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod]
    public void A_lost_RECV_is_given_again_and_loses_nothing()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.Seed(5);
        rig.Chip.Faults.LoseReceiveEvery = 10;
        for (int i = 0; i < 500; i++)
        {
            Assert.IsTrue(rig.Deliver(Rig.Frame(1000, i)));
            byte[]? frame = null;
            for (int poll = 0; poll < 10 && frame == null; poll++)
            {
                frame = rig.Receive();
            }

            CollectionAssert.AreEqual(Rig.Frame(1000, i), frame);
            rig.Chip.Spend(1_000);
        }

        Assert.IsGreaterThan(30, rig.Driver.LostCommands);
        Assert.AreEqual(rig.Driver.LostCommands, rig.Driver.Repeats);
        Assert.AreEqual(0, rig.Driver.Skips + rig.Driver.Reopens + rig.Driver.Resets);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod]
    public void A_frame_that_arrives_in_mid_status_tears_nothing()
    {
        // The alarm walks through the whole status transfer in steps of half a byte.
        for (int step = 0; step < 60; step++)
        {
            var rig = Rig.Opened();
            rig.Deliver(Rig.Frame(200, 1));
            rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + 9_000 + step * 200, new Arrival(Rig.Frame(60, 2)));
            CollectionAssert.AreEqual(Rig.Frame(200, 1), rig.Receive(), $"step {step}");
            CollectionAssert.AreEqual(Rig.Frame(60, 2), rig.Receive(), $"step {step}");
            Assert.IsNull(rig.Receive());
            Assert.AreEqual(0, rig.Driver.ReceiveErrors);
            Assert.AreEqual(0, rig.Driver.MissedInterrupts);
            Assert.AreEqual(0, rig.Driver.Rereads);
        }
    }

    [TestMethod]
    public void A_flood_is_taken_or_dropped_whole()
    {
        var rig = Rig.Opened();
        var random = new Random(1);
        var stored = new Queue<byte[]>();
        for (int i = 0; i < 5000; i++)
        {
            byte[] frame = Rig.Frame(random.Next(60, 1515), i);
            if (rig.Deliver(frame))
            {
                stored.Enqueue(frame);
            }

            // The driver is slower than the flood.
            if (i % 3 == 0 && rig.Receive() is { } received)
            {
                CollectionAssert.AreEqual(stored.Dequeue(), received);
            }
        }

        while (stored.Count > 0)
        {
            CollectionAssert.AreEqual(stored.Dequeue(), rig.Receive());
        }

        Assert.IsNull(rig.Receive());
        Assert.IsGreaterThan(1000, rig.Chip.FramesOverrun);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    // The corrupted length is any 16-bit number; one of a certain kind is wanted.
    private static int FindSeedForALength(int least, int most)
    {
        for (int seed = 1; ; seed++)
        {
            var chip = new W5500Model();
            var spi = new Spi(chip);
            spi.OpenMacRaw();
            chip.Faults.Seed(seed);
            chip.Faults.CorruptLengthEvery = 1;
            chip.Deliver(Rig.Frame(300, 1), 0, 300);
            int length = spi.Word(Spi.Rx0, 0);
            if (length >= least && length <= most)
            {
                return seed;
            }
        }
    }
}
