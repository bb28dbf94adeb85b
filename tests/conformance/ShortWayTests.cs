using System.Reflection;

namespace EmbeddedTcp.ConformanceTests;

/// <summary>
/// The short way (TcpEngine.ShortWay, SegmentSender.SendFull) does what the long way does: two engines that differ in nothing else get the same
/// frames, good and bad, and the same calls, and must send the same, count the same and remember the same after each.
/// </summary>
[TestClass]
public class ShortWayTests
{
    private const int Steps = 1500;

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(2, false)]
    [DataRow(3, false)]
    [DataRow(4, true)]
    [DataRow(5, true)]
    [DataRow(6, true)]
    public void Both_ways_do_the_same(int seed, bool features)
    {
        var random = new Random(seed);
        int taken = 0;
        for (int step = 0; step < Steps;)
        {
            var pair = new Twins(random, features);
            int last = Math.Min(Steps, step + 1 + random.Next(600));
            while (step < last && pair.Alive)
            {
                string what = pair.Step();
                pair.Compare($"seed {seed}, step {step}: {what}");
                step++;
            }

            taken += pair.TakenShort;
        }

        Assert.IsGreaterThan(Steps / 25, taken, "hardly anything went the short way");
    }

    private sealed class Twins
    {
        private readonly Random _random;
        private readonly Dialogue _short;
        private readonly Dialogue _long;
        private uint _seq;
        private uint _acked;
        private int _window = 8192;

        public Twins(Random random, bool features)
        {
            _random = random;
            int ring = 1 << random.Next(11, 15);
            _short = Make(ring, features);
            _long = Make(ring, features);
            _long.Tcp.ShortWayOpen = false;
            Assert.IsTrue(_short.Tcp.ShortWayOpen);
            _seq = Dialogue.PeerIss + 1;
            _acked = _short.Iss + 1;
        }

        public bool Alive => _short.C.State == TcpState.Established;

        public int TakenShort => _short.Counters.ShortWay;

        public string Step()
        {
            switch (_random.Next(12))
            {
                case 0:
                case 1:
                case 2:
                    return Receive(Next(_random.Next(1, 1461)), false);
                case 3:
                case 4:
                    return Receive(Next(0), false);
                case 5:
                    return Receive(Odd(), false);
                case 6:
                    return Receive(Next(_random.Next(0, 200)), true);
                case 7:
                case 8:
                    byte[] data = new byte[_random.Next(1, 4000)];
                    Both(t => t.C.Write(data, 0, data.Length));
                    Both(t => t.Net.Flush());
                    return $"write {data.Length}";
                case 9:
                case 10:
                    int count = _random.Next(1, 6000);
                    Both(t => t.C.Read(new byte[count], 0, count));
                    Both(t => t.Net.Flush());
                    Both(t => t.Tcp.TakeReady()?.TakeEvents() ?? -1);
                    return $"read {count}";
                default:
                    int wait = _random.Next(20) == 0 ? _random.Next(3000) : _random.Next(30);
                    _short.Wait(wait);
                    _long.Wait(wait);
                    return $"wait {wait}";
            }
        }

        public void Compare(string what)
        {
            Assert.AreEqual(Sent(_long), Sent(_short), what + ": what is sent");
            for (int i = 0; i < _long.Counters.Count; i++)
            {
                Assert.AreEqual(_long.Counters.ValueAt(i), _short.Counters.ValueAt(i), $"{what}: {_long.Counters.NameAt(i)}");
            }

            CollectionAssert.AreEqual(_long.Counters.Drops, _short.Counters.Drops, what + ": discards");
            Same(_long.C, _short.C, what, 0);
            Assert.AreEqual(_long.Net.Flush(), _short.Net.Flush(), what + ": when to poll");
        }

        // The segment that would come next: now and then with another window, pushed, or acknowledging part of what is outstanding.
        private Segment Next(int length)
        {
            if (_random.Next(8) == 0)
            {
                _window = _random.Next(4) == 0 ? 0 : _random.Next(65536);
            }

            uint outstanding = _short.SndNxt - _acked;
            if ((int)outstanding > 0)
            {
                _acked += _random.Next(3) == 0 ? (uint)_random.Next((int)outstanding + 1) : _random.Next(2) == 0 ? outstanding : 0;
            }

            length = Math.Min(length, (int)_short.C.ReceiveWindow);
            byte[] text = new byte[length];
            _random.NextBytes(text);
            Segment s = Ack.At(_seq, _acked) with { Text = text, Window = _window };
            _seq += (uint)length;
            return _random.Next(3) == 0 ? s with { Flags = s.Flags | TcpFlags.Psh } : s;
        }

        // Something else: early, late, again, from the future, marked, or with what ends the connection. The stream goes on as if it had not come.
        private Segment Odd()
        {
            byte[] text = new byte[_random.Next(2) * _random.Next(1000)];
            Segment s = Ack.At(_seq, _acked) with { Text = text, Window = _window };
            switch (_random.Next(10))
            {
                case 0: return s with { Seq = _seq + (uint)_random.Next(1, 3000) };
                case 1: return s with { Seq = _seq - (uint)_random.Next(1, 3000) };
                case 2: return s with { Ack = _acked + (uint)_random.Next(1, 100_000) };
                case 3: return s with { Ack = _acked - (uint)_random.Next(1, 100_000) };
                case 4: return s with { Flags = _random.Next(256) & ~(TcpFlags.Fin | TcpFlags.Rst), Text = [] };
                case 5: return s with { Options = [1, 1, 1, 0], Text = [] };
                case 6: return s with { DestinationPort = _random.Next(1, 65536), Text = [] };
                case 7: return s with { Flags = s.Flags | TcpFlags.Urg, UrgentPointer = _random.Next(100), Text = [] };
                case 8: return s with { Text = [] };
                default: return _random.Next(10) > 0 ? s with { Window = 0, Text = [] } : s with { Flags = s.Flags | (_random.Next(2) == 0 ? TcpFlags.Fin : TcpFlags.Rst) };
            }
        }

        private string Receive(Segment s, bool damaged)
        {
            byte[] frame = _short.ToFrame(s);
            string what = s.ToString();
            if (damaged)
            {
                // Anywhere, padding included. What the sums cannot see was hit in the Ethernet header.
                _seq -= (uint)s.Text!.Length;
                int at = _random.Next(frame.Length * 8);
                frame[at >> 3] ^= (byte)(1 << (at & 7));
                what += $" with bit {at} flipped";
                if (_random.Next(2) == 0 && (frame[14] & 15) == 5)
                {
                    Frames.FixIpv4Checksum(frame, 14);
                    what += ", sum corrected";
                }
            }
            else if (_random.Next(10) == 0)
            {
                frame[15] = (byte)_random.Next(256);
                frame[20] = (byte)(_random.Next(2) * 0x40);
                Frames.FixIpv4Checksum(frame, 14);
            }

            _short.Receives(frame);
            _long.Receives(frame);
            if (damaged && _short.C.ReceiveNext != _seq && _short.C.State == TcpState.Established)
            {
                // The bit said nothing to a receiver.
                _seq = _short.C.ReceiveNext;
            }

            return what;
        }

        private void Both(Func<Dialogue, int> act) => Assert.AreEqual(act(_long), act(_short));

        private static string Sent(Dialogue t)
            => string.Join(" ", t.All().Select(s => s + Convert.ToHexString(s.Text ?? []) + s.UrgentPointer)) + t.OtherFrames.Count;

        private static Dialogue Make(int ring, bool features)
        {
            var o = new StackOptions { ReceiveBufferSize = ring, SendBufferSize = ring, SelectiveAcknowledgment = features, WindowScale = features };
            return Dialogue.Established(o);
        }

        // Every field of the connection and of what belongs to it alone, but for the one that opens the short way.
        private static void Same(object a, object b, string what, int depth)
        {
            foreach (FieldInfo field in a.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                object? x = field.GetValue(a);
                object? y = field.GetValue(b);
                string name = $"{what}: {a.GetType().Name}.{field.Name}";
                if (field.Name is nameof(TcpConnection.Straight))
                {
                    continue;
                }

                if (x is int or bool or ulong or Enum)
                {
                    Assert.AreEqual(x, y, name);
                }
                else if (x is byte[] or int[] && field.Name is not "At")
                {
                    CollectionAssert.AreEqual((Array)x, (Array)y!, name);
                }
                else if (depth == 0 && x is SendBuffer or ReceiveBuffer or RoundTripEstimator or CongestionControl or ConnectionTimers or Reassembly)
                {
                    Same(x, y!, what, 1);
                }
            }

            if (a is ConnectionTimers timers)
            {
                for (int i = 0; i < ConnectionTimers.Count; i++)
                {
                    Assert.AreEqual(timers.RemainingMs(i), ((ConnectionTimers)b).RemainingMs(i), $"{what}: timer {ConnectionTimers.NameOf(i)}");
                }
            }
        }
    }
}
