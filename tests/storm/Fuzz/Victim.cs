using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.StormTests.Storm;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Fuzz;

/// <summary>One stack with connections in many states, an application that does as it likes, and somebody who throws frames at it.</summary>
internal sealed class Victim
{
    private readonly Dice _d;
    private readonly FuzzDevice _device = new FuzzDevice();
    private readonly FrameMaker _maker;
    private readonly NetworkInterface _net;
    private readonly Invariants _invariants;
    private readonly HashSet<TcpState> _states;
    private readonly List<TcpConnection> _owned = new List<TcpConnection>();
    private readonly List<TcpListener> _listeners = new List<TcpListener>();
    private readonly byte[] _scratch = new byte[3000];
    private long _now;

    internal Victim(ulong seed, HashSet<TcpState> states)
    {
        _d = new Dice(seed);
        _maker = new FrameMaker(_d);
        _states = states;
        _net = new NetworkInterface(_device, new StackOptions
        {
            Address = FrameMaker.Station,
            MacAddress = FrameMaker.StationMac,
            Connections = _d.Between(1, 8),
            ReceiveBufferSize = _d.Of(512, 2048, 8192),
            SendBufferSize = _d.Of(512, 2048, 8192),
            SynTableSize = _d.Between(1, 8),
            TimeWaitTableSize = _d.Between(1, 8),
            ArpEntries = _d.Between(2, 8),
            ArpPendingFrames = _d.Between(1, 3),
            Gateway = _d.Chance(500) ? 0x0A0000FEu : 0u,
            MaximumSegmentLifetime = 2000,
        });
        _net.Open();
        _now = _d.Below(int.MaxValue);
        _net.Poll(_now);
        _listeners.Add(_net.Tcp.Listen(80, 3));
        _listeners.Add(_net.Tcp.Listen(7, 1));
        _invariants = new Invariants(_net, "victim");
    }

    internal int Suffer(int frames)
    {
        _maker.Arp(0x0A000001, FrameMaker.Station, 1);
        Give();
        for (int i = 0; i < frames; i++)
        {
            Note();
            Application();
            Compose();
            Give();
            if (_d.Chance(100))
            {
                Pass(_d.Skewed(3000));
            }
        }

        LeaveNothing();
        return frames;
    }

    private void Note()
    {
        for (int i = 0; i < _net.Tcp.SlotCount; i++)
        {
            _states.Add(_net.Tcp.SlotAt(i).State);
        }
    }

    private void Compose()
    {
        switch (_d.Below(20))
        {
            case 0:
                _maker.Garbage();
                return;
            case 1:
                _maker.Arp(Peer(), _d.Chance(800) ? FrameMaker.Station : Peer(), _d.Between(1, 3));
                break;
            case 2:
                byte[] quoted = _device.Sent.Count == 0 ? null : _device.Sent[_d.Below(_device.Sent.Count)];
                _maker.Icmp(Peer(), _d.Of(0, 3, 3, 3, 5, 8, 8, 11, 12, _d.Below(256)), _d.Of(0, 1, 2, 3, 4, 13), _d.Of(0, 28, 28, 60, 1400), quoted);
                break;
            case 3:
                _maker.Tcp(Peer(), _d.Of(1025, 1026, 0, 40000), _d.Of(80, 7, 81, 0), (int)_d.Next(), (int)_d.Next(), _d.Below(256), _d.Below(65536), _d.Below(11) * 4, _d.Skewed(1400));
                break;
            case 4 or 5:
                _maker.Tcp(Peer(), _d.Between(1025, 1060), _d.Of(80, 7), (int)_d.Next(), 0, TcpFlags.Syn, _d.Below(65536), _d.Of(0, 4, 8, 40), 0);
                break;
            case 6 when _device.Sent.Count > 0:
                _maker.TurnedAround(_device.Sent[_d.Below(_device.Sent.Count)]);
                break;
            case 7 or 8:
                HalfOpen();
                break;
            default:
                Connected();
                break;
        }

        if (_d.Chance(250))
        {
            _maker.Mutate();
        }
    }

    // What completes, continues or ends the handshake of a half-open entry.
    private void HalfOpen()
    {
        SynTable table = _net.Tcp.HalfOpen;
        int entry = _d.Below(table.Capacity);
        if (!table.InUseAt(entry))
        {
            Connected();
            return;
        }

        _maker.Tcp(
            table.RemoteAddressAt(entry),
            table.RemotePortAt(entry),
            table.LocalPortAt(entry),
            table.IrsAt(entry) + 1 + Off(),
            table.IssAt(entry) + 1 + Off(),
            _d.Chance(700) ? TcpFlags.Ack : _d.Below(64),
            _d.Below(65536),
            0,
            _d.Chance(700) ? 0 : _d.Skewed(1400));
    }

    // A segment of one of the connections that are there, right or nearly right.
    private void Connected()
    {
        TcpConnection c = _net.Tcp.SlotAt(_d.Below(_net.Tcp.SlotCount));
        int flags = _d.Below(10) switch
        {
            0 => TcpFlags.Rst | TcpFlags.Ack,
            1 or 2 => TcpFlags.Fin | TcpFlags.Ack,
            3 => TcpFlags.Syn | TcpFlags.Ack,
            4 => _d.Below(256),
            _ => TcpFlags.Ack,
        };
        int seq = c.State == TcpState.SynSent ? (int)_d.Next() : c.RcvNxt + Off();
        int ack = (_d.Chance(600) ? c.SndNxt : c.SndUna + _d.Below(Math.Max(1, c.SndNxt - c.SndUna + 1))) + Off();
        _maker.Tcp(
            c.RemoteAddress,
            c.RemotePort,
            c.LocalPort,
            seq,
            ack,
            flags,
            _d.Chance(300) ? 0 : _d.Skewed(65535),
            _d.Chance(900) ? 0 : _d.Below(11) * 4,
            _d.Chance(600) ? 0 : _d.Skewed(1400));
    }

    private int Off()
    {
        return _d.Chance(850) ? 0 : _d.Chance(800) ? _d.Between(-3000, 3000) : (int)_d.Next();
    }

    private uint Peer()
    {
        return _d.Chance(900) ? 0x0A000001u : _d.Of(0x0A000003u, 0x0A000002u, 0x0A0000FFu, 0xFFFFFFFFu, 0u, 0x7F000001u, 0xE0000001u, 0xC0A80001u);
    }

    // Feeds the frame, polls, and does the books: it was handled or counted, and not answered by more than it may cost.
    private void Give()
    {
        StackCounters k = _net.Counters;
        int framesIn = k.FramesIn;
        int segmentsIn = k.SegmentsIn;
        int handled = Accounted();
        _device.Frames = 0;
        _device.Bytes = 0;
        int queued = SendQueued();
        bool stray = Stray();
        int dropped = k.Drops.Sum();
        _device.Feed(_maker.Frame, _maker.Length);
        int wait = _net.Poll(_now);
        _invariants.Check(wait, false);
        Require(k.FramesIn == framesIn + 1, "the frame was not counted");
        Require(
            Accounted() > handled || WellFormedArp(),
            $"the frame was neither handled nor counted as dropped: {Convert.ToHexString(_maker.Frame, 0, _maker.Length)}");
        Require(!stray || k.Drops.Sum() > dropped, "a segment for nobody was not counted as dropped");
        Require(k.SegmentsIn - segmentsIn <= 1, "one frame, several segments");

        // An answer or two (an ACK, an ARP question or a released frame), besides data of ours that an acknowledgment let go.
        int data = (queued / 64) + 2;
        Require(_device.Frames <= 4 + data, $"one frame was answered with {_device.Frames}");
        if (queued == 0)
        {
            // An ARP packet may let go the one frame that waited for this neighbour, the answer to an earlier frame.
            int held = WellFormedArp() ? EthernetDevice.MaxFrameLength : 0;
            Require(_device.Bytes <= Math.Max(_maker.Length, 60) + 300 + held, $"{_maker.Length} bytes were answered with {_device.Bytes}");
        }
    }

    // A TCP segment for a port that nobody listens on and no connection has.
    private bool Stray()
    {
        if (_maker.Length < 60)
        {
            return false;
        }

        WireFrame f = WireFrame.Parse(_maker.Frame, 0, _maker.Length);
        TcpEngine tcp = _net.Tcp;
        bool known = _listeners.Exists(l => l.Port == f.DestinationPort);
        for (int i = 0; i < tcp.SlotCount; i++)
        {
            known |= tcp.SlotAt(i).LocalPort == f.DestinationPort;
        }

        for (int i = 0; i < tcp.TimeWait.Capacity; i++)
        {
            known |= tcp.TimeWait.LocalPortAt(i) == f.DestinationPort;
        }

        return f.IsTcp && !known;
    }

    private int Accounted()
    {
        StackCounters k = _net.Counters;
        int sum = k.SegmentsIn + k.EchoReplies + k.IcmpErrorsIn + k.ArpRepliesOut;
        foreach (int drops in k.Drops)
        {
            sum += drops;
        }

        return sum;
    }

    // ARP packets that only teach or say nothing are not counted one by one.
    private bool WellFormedArp()
    {
        byte[] b = _maker.Frame;
        return _maker.Length >= 42 && b[12] == 8 && b[13] == 6 && b[14] == 0 && b[15] == 1 && b[16] == 8 && b[17] == 0 && b[18] == 6 && b[19] == 4;
    }

    private int SendQueued()
    {
        int queued = 0;
        for (int i = 0; i < _net.Tcp.SlotCount; i++)
        {
            queued += _net.Tcp.SlotAt(i).SendQueued;
        }

        return queued;
    }

    private void Application()
    {
        TcpListener listener = _listeners[_d.Below(2)];
        if (_d.Chance(300) && listener.Accept() is { } accepted)
        {
            _owned.Add(accepted);
        }

        if (_d.Chance(30) && _owned.Count < 4 && _net.Tcp.Connect(_d.Chance(800) ? 0x0A000001u : 0x0A000063u, _d.Between(1000, 1003)) is { } opened)
        {
            _owned.Add(opened);
        }

        if (_owned.Count > 0)
        {
            TcpConnection c = _owned[_d.Below(_owned.Count)];
            switch (_d.Below(40))
            {
                case < 8:
                    c.Write(_scratch, 0, _d.Skewed(3000));
                    break;
                case < 16:
                    c.Read(_scratch, 0, 1 + _d.Below(3000));
                    break;
                case 16:
                    c.Shutdown();
                    break;
                case 17:
                    c.Close();
                    _owned.Remove(c);
                    break;
                case 18:
                    c.Abort();
                    _owned.Remove(c);
                    break;
                case 19:
                    c.NoDelay = _d.Chance(500);
                    c.KeepAlive = _d.Chance(500);
                    break;
                default:
                    break;
            }
        }

        while (_net.Tcp.TakeReady() is { } ready)
        {
            ready.TakeEvents();
        }

        _invariants.Check(_net.Flush(), false);
    }

    private void Pass(int milliseconds)
    {
        long end = _now + milliseconds;
        int wait = _net.Poll(_now);
        int polls = 0;
        while (_now < end)
        {
            _now = Math.Min(end, _now + Math.Max(1, wait));
            _device.Frames = 0;
            wait = _net.Poll(_now);
            _invariants.Check(wait, false);
            Require(++polls < 20000, "it never rests");
        }
    }

    // The applications let go; then every deadline passes with a mute peer.
    private void LeaveNothing()
    {
        foreach (TcpConnection c in _owned)
        {
            c.Close();
        }

        foreach (TcpListener listener in _listeners)
        {
            while (listener.Accept() is { } c)
            {
                c.Close();
            }

            listener.Close();
        }

        Pass(1200000);
        TcpEngine tcp = _net.Tcp;
        Require(tcp.FreeSlots == tcp.SlotCount, $"{tcp.SlotCount - tcp.FreeSlots} slots leaked");
        Require(tcp.HalfOpen.Count == 0, "half-open entries leaked");
        Require(tcp.TimeWait.Count == 0, "TIME_WAIT records leaked");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new StormFailure(otherwise);
        }
    }
}
