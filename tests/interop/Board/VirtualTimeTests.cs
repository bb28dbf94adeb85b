using System;
using System.Collections.Generic;
using EmbeddedTcp.App;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Board;

/// <summary>The whole board, chip and wire included, by a clock that jumps from event to event: minutes pass in no time.</summary>
[TestClass]
public sealed class VirtualTimeTests
{
    private const long Minutes = 60_000_000;

    [TestMethod]
    [DataRow("w5500")]
    [DataRow("enc28j60")]
    public void Echo_over_a_very_bad_wire_is_whole_and_the_same_seed_gives_the_same_run(string chip)
    {
        var bad = new FaultSettings { Loss = 0.05, Duplicate = 0.05, Reorder = 0.05, Corrupt = 0.05, Delay = 20, Seed = 77 };
        Run first = Echo(bad, 100_000, chip);
        Assert.IsTrue(first.Lost > 0 && first.Corrupted > 0 && first.Duplicated > 0 && first.Reordered > 0, first.ToString());
        Assert.AreEqual(first, Echo(bad, 100_000, chip));
        Assert.AreNotEqual(first, Echo(bad with { Seed = 78 }, 100_000, chip));
    }

    [TestMethod]
    [DataRow("w5500")]
    [DataRow("enc28j60")]
    public void Delay_of_the_wire_is_the_round_trip_time_that_is_measured(string chip)
    {
        // A handshake, then one octet there and back: 2 delays each, and next to nothing besides.
        Run run = Echo(new FaultSettings { Delay = 50 }, 1, chip);
        Assert.AreEqual(0, run.Lost);
        Assert.IsTrue(run.EchoedAt - run.ConnectedAt is >= 100_000 and < 110_000, run.ToString());
    }

    private static Run Echo(FaultSettings faults, int count, string chip)
    {
        Assert.IsTrue(ChipKind.TryFind(chip, out ChipKind? kind));
        using var signal = new LoopSignal();
        var peer = new PeerEnd();
        var settings = new BoardSettings { Chip = kind, Faults = faults };
        using var board = new VirtualBoard.Board(settings, peer, signal, new Silence(), null);
        Assert.IsTrue(board.Open());

        byte[] data = Data.Random(count, 6);
        byte[] back = new byte[count];
        int sent = 0;
        int read = 0;
        long connectedAt = -1;
        long now = 200_000;
        TcpConnection? connection = null;
        while (read < count)
        {
            Assert.IsTrue(now < 30 * Minutes, $"{read} of {count} octets came back in 30 minutes");
            long next = Math.Max(board.Step(now), now);
            if (board.Net.Device.LinkUp && connection == null)
            {
                connection = peer.Net.Tcp.Connect(settings.Board.Address, 7);
                next = now;
            }

            if (connection?.State == TcpState.Established)
            {
                connectedAt = connectedAt < 0 ? now : connectedAt;
                int moved = connection.Write(data, sent, count - sent);
                int got = connection.Read(back, read, count - read);
                Assert.IsTrue(moved >= 0 && got >= 0, "the connection ended");
                sent += moved;
                read += got;
                next = moved + got > 0 ? now : next;
            }

            // At least a microsecond, so that a turn that wants another at once cannot stop the clock for ever.
            now = Math.Max(next, now + 1);
        }

        Assert.IsTrue(data.AsSpan().SequenceEqual(back));
        FaultInjector there = board.Wire.ToBoard;
        FaultInjector and = board.Wire.FromBoard;
        return new Run(
            connectedAt, now, there.Offered + and.Offered, there.Lost + and.Lost, there.Duplicated + and.Duplicated,
            there.Reordered + and.Reordered, there.Corrupted + and.Corrupted);
    }

    private sealed record Run(long ConnectedAt, long EchoedAt, long Frames, long Lost, long Duplicated, long Reordered, long Corrupted);

    private sealed class Silence : TextOutput
    {
        public override void Write(string text)
        {
        }
    }

    // The far end is a stack of its own, at 10.77.0.1.
    private sealed class PeerEnd : WireEnd
    {
        private readonly PeerDevice _device;

        public PeerEnd()
        {
            _device = new PeerDevice(this);
            Net = new NetworkInterface(_device, new StackOptions { MacAddress = [2, 0, 0, 0, 0, 9], Address = 0x0A4D0001 });
            Net.Open();
        }

        public NetworkInterface Net { get; }

        public override string Description => "a peer";

        public override void Receive(ReadOnlySpan<byte> frame)
        {
            _device.Received.Enqueue(frame.ToArray());
        }

        public override long Poll(long nowMicroseconds)
        {
            long nowMs = nowMicroseconds / 1000;
            return (nowMs + Net.Poll(nowMs)) * 1000;
        }
    }

    private sealed class PeerDevice(PeerEnd owner) : EthernetDevice
    {
        public readonly Queue<byte[]> Received = new();

        public override bool LinkUp => true;

        public override bool Open(byte[] macAddress)
        {
            RxBuffer = new byte[MaxFrameLength];
            TxBuffer = new byte[MaxFrameLength];
            return true;
        }

        public override int Receive()
        {
            if (!Received.TryDequeue(out byte[]? frame))
            {
                return 0;
            }

            frame.CopyTo(RxBuffer, 0);
            return frame.Length;
        }

        public override bool Send(int length)
        {
            return owner.Wire!.Arrive(TxBuffer.AsSpan(0, length));
        }

        public override bool Recover()
        {
            return true;
        }

        public override string Describe()
        {
            return "a peer";
        }
    }
}
