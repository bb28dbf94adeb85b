using System;
using System.Collections.Concurrent;
using System.Threading;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.VirtualBoard.Wires;

/// <summary>
/// The full-duplex cable between a modelled chip and its <see cref="WireEnd"/>, with faults and a recorder.
/// </summary>
/// <remarks>
/// All of it runs on the loop's thread, <see cref="Arrive"/> excepted. Frames are recorded where they enter the wire, as
/// their sender sent them; what the wire does to one is its comment in the capture.
/// </remarks>
public sealed class VirtualWire : CableEnd
{
    /// <summary>Frames of the far end that can wait for the loop.</summary>
    public const int QueueCapacity = 1024;

    private readonly ChipModel _chip;
    private readonly WireEnd _farEnd;
    private readonly FaultInjector _toChip;
    private readonly FaultInjector _toFarEnd;
    private readonly PcapngWriter? _capture;
    private readonly LoopSignal _signal;
    private readonly ConcurrentQueue<byte[]> _arrived = new();
    private int _queued;
    private int _overflowed;
    private int _badLength;
    private long _now;

    /// <summary>Plugs both ends in.</summary>
    /// <param name="chip">The board's chip.</param>
    /// <param name="farEnd">What it talks to.</param>
    /// <param name="faults">How bad the wire is.</param>
    /// <param name="capture">Records the frames; null for none. Its owner disposes it.</param>
    /// <param name="signal">Set when a frame arrives from another thread.</param>
    public VirtualWire(ChipModel chip, WireEnd farEnd, FaultSettings faults, PcapngWriter? capture, LoopSignal signal)
    {
        _chip = chip;
        _farEnd = farEnd;
        _capture = capture;
        _signal = signal;
        _toFarEnd = new FaultInjector(faults, 0);
        _toChip = new FaultInjector(faults, 1);
        farEnd.Wire = this;
        chip.Cable = this;
        chip.SetCable(true);
    }

    /// <summary>Added to the loop's time to get microseconds since 1970 for the capture.</summary>
    public long EpochMicroseconds { get; init; }

    /// <summary>
    /// Frames handed to the chip between two polls of the firmware: fewer than its receive memory holds. It stands for the pace of a
    /// real link, which this wire lacks: no frame is lost only because nothing takes time here.
    /// </summary>
    public int FramesPerTurn { get; init; } = 8;

    /// <summary>The direction from the far end to the board, with its counters.</summary>
    public FaultInjector ToBoard => _toChip;

    /// <summary>The direction from the board to the far end, with its counters.</summary>
    public FaultInjector FromBoard => _toFarEnd;

    /// <summary>Frames of the far end lost because the loop did not keep up.</summary>
    public int Overflowed => Volatile.Read(ref _overflowed);

    /// <summary>Frames of the far end that no Ethernet of 1,500 bytes can carry.</summary>
    public int BadLength => Volatile.Read(ref _badLength);

    /// <summary>Frames that reached the chip and that it did not store: not for it, or no room.</summary>
    public int RefusedByChip { get; private set; }

    /// <summary>When the wire next has a frame to hand over, in microseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDue => _queued > 0 ? _now : Math.Min(_toChip.NextDue, _toFarEnd.NextDue);

    /// <summary>A frame leaves the far end for the board. Any thread may call this.</summary>
    /// <param name="frame">The frame without FCS; copied, and padded to 60 bytes as any sender has to.</param>
    /// <returns>False when too many frames are waiting already and this one is lost.</returns>
    public bool Arrive(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 14 || frame.Length > EthernetDevice.MaxFrameLength)
        {
            Interlocked.Increment(ref _badLength);
            return false;
        }

        if (Interlocked.Increment(ref _queued) > QueueCapacity)
        {
            Interlocked.Decrement(ref _queued);
            Interlocked.Increment(ref _overflowed);
            return false;
        }

        byte[] padded = new byte[Math.Max(frame.Length, EthernetDevice.MinFrameLength)];
        frame.CopyTo(padded);
        _arrived.Enqueue(padded);
        _signal.Set();
        return true;
    }

    /// <summary>The chip sends a frame. Called on the loop's thread, from within the chip's SPI traffic or its clock.</summary>
    public override void Transmitted(byte[] frame, int offset, int length)
    {
        ReadOnlySpan<byte> sent = frame.AsSpan(offset, length);
        Record(true, sent, _toFarEnd.Offer(_now, sent));
    }

    /// <summary>Hands the chip what has arrived for it by now; not more than its memory holds, so poll the firmware in between.</summary>
    /// <param name="nowMicroseconds">The loop's time.</param>
    /// <returns>True when a frame was handed over.</returns>
    public bool PumpToBoard(long nowMicroseconds)
    {
        _now = nowMicroseconds;
        while (_arrived.TryDequeue(out byte[]? frame))
        {
            Interlocked.Decrement(ref _queued);
            Record(false, frame, _toChip.Offer(_now, frame));
        }

        bool moved = false;
        for (int i = 0; i < FramesPerTurn && _toChip.TryTake(_now, out byte[] frame); i++)
        {
            moved = true;
            if (!_chip.Deliver(frame, 0, frame.Length))
            {
                RefusedByChip++;
            }
        }

        return moved;
    }

    /// <summary>Hands the far end what has arrived for it by now.</summary>
    /// <param name="nowMicroseconds">The loop's time.</param>
    /// <returns>True when a frame was handed over, so that there may be an answer to it.</returns>
    public bool PumpFromBoard(long nowMicroseconds)
    {
        _now = nowMicroseconds;
        bool moved = false;
        while (_toFarEnd.TryTake(_now, out byte[] frame))
        {
            moved = true;
            _farEnd.Receive(frame);
        }

        return moved;
    }

    private void Record(bool fromBoard, ReadOnlySpan<byte> frame, string? fate)
    {
        _capture?.Write(EpochMicroseconds + _now, fromBoard, frame, fate);
    }
}
