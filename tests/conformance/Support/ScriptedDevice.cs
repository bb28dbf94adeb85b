namespace EmbeddedTcp.ConformanceTests.Support;

/// <summary>A device whose wire is a test: frames in from a queue, frames out to a list.</summary>
public sealed class ScriptedDevice : EthernetDevice
{
    /// <summary>Frames that wait to be received.</summary>
    public Queue<byte[]> Incoming { get; } = new();

    /// <summary>Frames the engine sent and nobody has looked at.</summary>
    public Queue<byte[]> Outgoing { get; } = new();

    /// <summary>Asked before each frame; false refuses it, as a chip with a full transmit buffer does.</summary>
    public Func<bool> Accepts { get; set; } = () => true;

    /// <summary>Received once more at the next call of <see cref="Receive"/>, without an allocation; then null.</summary>
    public byte[]? Repeats { get; set; }

    /// <summary>True forgets what is sent instead of queuing it.</summary>
    public bool Discards { get; set; }

    /// <summary>What the PHY reports.</summary>
    public bool Link { get; set; } = true;

    // Odd offsets catch code that takes either for zero.
    public ScriptedDevice()
    {
        TxOffset = 3;
        RxOffset = 5;
        TxBuffer = new byte[MaxFrameLength + 3];
        RxBuffer = new byte[MaxFrameLength + 5];
    }

    public override bool LinkUp => Link;

    public override bool Open(byte[] macAddress) => true;

    public override int Receive()
    {
        if (Repeats != null)
        {
            int length = Repeats.Length;
            Array.Copy(Repeats, 0, RxBuffer, RxOffset, length);
            Repeats = null;
            return length;
        }

        if (Incoming.Count == 0)
        {
            return 0;
        }

        byte[] frame = Incoming.Dequeue();
        Array.Fill(RxBuffer, (byte)0xEE);
        Array.Copy(frame, 0, RxBuffer, RxOffset, frame.Length);
        return frame.Length;
    }

    public override bool Send(int length)
    {
        Assert.IsTrue(length is >= 14 and <= MaxFrameLength, "frame length");
        if (!Accepts())
        {
            return false;
        }

        if (Discards)
        {
            return true;
        }

        byte[] frame = new byte[length];
        Array.Copy(TxBuffer, TxOffset, frame, 0, length);
        Outgoing.Enqueue(frame);

        // As a driver does: after Send the buffer's content is nobody's.
        Array.Fill(TxBuffer, (byte)0xDD);
        return true;
    }

    public override bool Recover() => true;

    public override string Describe() => "scripted";
}
