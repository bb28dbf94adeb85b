using System.Buffers.Binary;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>
/// Random traffic for many seeds. Every frame carries its number and a checksum: it arrives exact and in order, or
/// somebody has counted why not; and once the faults end, everything arrives again.
/// </summary>
[TestClass]
public sealed class DriverSoakTests
{
    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void A_sound_chip_loses_nothing_that_it_stored(int seed)
    {
        var soak = new Soak(seed);
        soak.Run(4000);
        soak.Drain();
        W5500Driver driver = soak.Rig.Driver;
        Assert.AreEqual(soak.Stored, soak.Received, "every frame the chip stored");
        Assert.AreEqual(soak.Accepted, soak.Transmitted, "every frame the driver took");
        Assert.AreEqual(0, soak.Damaged);
        Assert.AreEqual(0, driver.ReceiveErrors + driver.SendErrors + driver.Recoveries + driver.Reopens + driver.Repeats);
        Assert.AreEqual(0, soak.Rig.Chip.Violations, soak.Rig.Chip.FirstViolation);
    }

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void Lost_and_late_events_are_overcome(int seed)
    {
        var soak = new Soak(seed);
        soak.Rig.Chip.Faults.LoseSendOkEvery = 50;
        soak.Rig.Chip.Faults.LateSendOkEvery = 50;
        soak.Rig.Chip.Faults.LoseReceiveEvery = 50;
        soak.Run(4000);
        soak.Rig.Chip.Faults.LoseReceiveEvery = 0;
        soak.Drain();
        Assert.AreEqual(soak.Stored, soak.Received, soak.Rig.Driver.Describe());
        Assert.AreEqual(soak.Accepted, soak.Transmitted, soak.Rig.Driver.Describe());
        Assert.AreEqual(0, soak.Damaged);
        Assert.IsGreaterThan(0, soak.Rig.Driver.LostCommands);
        Assert.IsGreaterThan(0, soak.Rig.Driver.MissingSendOks);
        Assert.AreEqual(0, soak.Rig.Chip.Violations, soak.Rig.Chip.FirstViolation);
    }

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void Wrong_length_headers_lose_frames_only_with_a_count(int seed)
    {
        var soak = new Soak(seed);
        soak.Rig.Chip.Faults.CorruptLengthEvery = 100;
        soak.Run(4000);
        soak.Rig.Chip.Faults.CorruptLengthEvery = 0;
        soak.Drain();
        Assert.IsLessThan(soak.Stored, soak.Received);
        Assert.IsGreaterThan(0, soak.Rig.Driver.ReceiveErrors);

        // A socket that is closed while a frame is under way leaves it open whether that frame got out: it counts as an error.
        W5500Driver driver = soak.Rig.Driver;
        int lost = soak.Accepted - soak.Transmitted;
        Assert.IsInRange(lost, lost + driver.Reopens + driver.Resets, driver.SendErrors, driver.Describe());
        soak.ProveAlive();
    }

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void Wrong_bits_from_the_chip_are_overcome(int seed)
    {
        var soak = new Soak(seed);
        soak.Rig.Chip.Faults.MisoFlipEvery = 5000;
        soak.Run(4000);
        soak.Rig.Chip.Faults.MisoFlipEvery = 0;
        soak.Drain();
        Assert.IsGreaterThan(soak.Stored / 2, soak.Received + soak.Damaged);
        soak.ProveAlive();
    }

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void Wrong_bits_to_the_chip_are_overcome(int seed)
    {
        // These hit anything: addresses, commands, pointers, the station address.
        var soak = new Soak(seed);
        soak.Rig.Chip.Strict = false;
        soak.Rig.Chip.Faults.MosiFlipEvery = 5000;
        soak.Run(4000);
        soak.Rig.Chip.Faults.MosiFlipEvery = 0;
        soak.Drain();
        Assert.IsGreaterThan(0, soak.Received);
        soak.ProveAlive();
    }

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void Brown_outs_cable_pulls_and_a_dead_line_are_overcome(int seed)
    {
        var soak = new Soak(seed) { Rough = true };
        soak.Run(4000);
        soak.Rough = false;
        soak.Rig.Chip.Faults.StuckInterrupt = -1;
        soak.Rig.Chip.SetCable(true);
        soak.Drain();
        Assert.IsGreaterThan(0, soak.BrownOuts);
        Assert.IsGreaterThan(0, soak.Rig.Driver.Recoveries);

        // A burst that is cut off looks like one that ended in zeros; the layers above have checksums.
        Assert.IsLessThanOrEqualTo(soak.BrownOuts, soak.Damaged);
        soak.ProveAlive();
    }

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 8).Select(seed => new object[] { seed });

    private sealed class Soak
    {
        public readonly Rig Rig;
        public bool Rough;
        public int Stored;
        public int Received;
        public int Accepted;
        public int Transmitted;
        public int Damaged;
        public int BrownOuts;

        private readonly Random _random;
        private int _inNumber;
        private int _outNumber;
        private int _lastIn = -1;
        private int _lastOut = -1;
        private int _seen;

        public Soak(int seed)
        {
            _random = new Random(seed);
            Rig = new Rig(_random.Next(2) == 0 ? W5500Driver.DefaultReceiveBufferSize : _random.Next(W5500Driver.MinReceiveBufferSize, 16385));
            Rig.Chip.PartnerFast = _random.Next(4) != 0;
            Rig.Bus.InterruptWired = _random.Next(4) != 0;
            Rig.Driver.AllowChains = _random.Next(4) != 0;
            Rig.OpenWithLink();
            Rig.Chip.Faults.Seed(seed);
        }

        public void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                int action = _random.Next(10);
                if (action < 4)
                {
                    Arrive();
                }
                else if (action < 6)
                {
                    // In the middle of whatever the driver does next.
                    byte[] frame = Numbered(_inNumber++);
                    Rig.Chip.SetAlarm(Rig.Chip.NowNanoseconds + _random.Next(100_000), new Mishap(chip =>
                        Stored += chip.Deliver(frame, 0, frame.Length) ? 1 : 0));
                    Take(3);
                    Rig.Chip.Spend(100_000);
                }
                else if (action < 8)
                {
                    Leave();
                }
                else
                {
                    Take(_random.Next(1, 30));
                }

                if (Rough && _random.Next(100) == 0)
                {
                    Mishandle();
                }

                if (_random.Next(20) == 0)
                {
                    Rig.Pass(_random.Next(1, 20));
                }

                Look();
            }
        }

        /// <summary>Takes everything that is left, over enough time for the slowest recovery.</summary>
        public void Drain()
        {
            for (int i = 0; i < 40; i++)
            {
                Take(1000);
                Rig.Pass(100);
            }

            Look();
        }

        public void ProveAlive()
        {
            Assert.IsTrue(Rig.Driver.LinkUp, Rig.Driver.Describe());
            int received = Received;
            int transmitted = Transmitted;
            int damaged = Damaged;
            for (int i = 0; i < 100; i++)
            {
                Arrive();
                Take(2);
                byte[] frame = Numbered(_outNumber++);
                Rig.SendForSure(frame);
                Rig.Pass(2);
                Look();
            }

            Assert.AreEqual(100, Received - received, Rig.Driver.Describe());
            Assert.AreEqual(100, Transmitted - transmitted, Rig.Driver.Describe());
            Assert.AreEqual(0, Damaged - damaged);
        }

        private void Arrive()
        {
            Stored += Rig.Deliver(Numbered(_inNumber++)) ? 1 : 0;
        }

        private void Leave()
        {
            int without = Rig.Driver.SendsWithoutLink;
            bool taken = Rig.Send(Numbered(_outNumber++));
            Accepted += taken && Rig.Driver.SendsWithoutLink == without ? 1 : 0;
        }

        private void Take(int most)
        {
            for (int i = 0; i < most && Rig.Receive() is { } frame; i++)
            {
                int number = Check(frame);
                if (number >= 0)
                {
                    Assert.IsGreaterThan(_lastIn, number, "in order, and none twice");
                    _lastIn = number;
                    Received++;
                }
            }
        }

        private void Look()
        {
            for (; _seen < Rig.Wire.Frames.Count; _seen++)
            {
                int number = Check(Rig.Wire.Frames[_seen]);
                if (number >= 0)
                {
                    Assert.IsGreaterThan(_lastOut, number, "in order, and none twice");
                    _lastOut = number;
                    Transmitted++;
                }
            }
        }

        private void Mishandle()
        {
            switch (_random.Next(4))
            {
                case 0:
                    BrownOuts++;
                    Soon(chip => chip.BrownOut());
                    break;
                case 1:
                    Soon(chip => chip.SetCable(false));
                    break;
                case 2:
                    Rig.Chip.SetCable(true);
                    break;
                default:
                    Rig.Chip.Faults.StuckInterrupt = _random.Next(-1, 2);
                    break;
            }
        }

        // While the driver receives and sends.
        private void Soon(Action<W5500Model> what)
        {
            Arrive();
            Rig.Chip.SetAlarm(Rig.Chip.NowNanoseconds + _random.Next(1_000_000), new Mishap(what));
            Take(2);
            Leave();
            Rig.Chip.Spend(1_000_000);
        }

        // Destination, source, EtherType; number, length, checksum over all of it.
        private byte[] Numbered(int number)
        {
            byte[] frame = Rig.Frame(_random.Next(3) == 0 ? 1514 : _random.Next(60, 1515), number);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(14), number);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(18), frame.Length);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(22), Fnv(frame));
            return frame;
        }

        private int Check(byte[] frame)
        {
            if (frame.Length >= 60
                && BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(18)) == frame.Length
                && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(22)) == Fnv(frame))
            {
                return BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(14));
            }

            Damaged++;
            return -1;
        }

        // FNV-1a over everything but its own place.
        private static uint Fnv(byte[] frame)
        {
            uint hash = 2166136261;
            for (int i = 0; i < frame.Length; i++)
            {
                if (i is < 22 or >= 26)
                {
                    hash = (hash ^ frame[i]) * 16777619;
                }
            }

            return hash;
        }
    }
}
