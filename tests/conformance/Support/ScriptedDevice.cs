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

    // Odd offsets catch code that takes either for zero.
    public ScriptedDevice()
    {
        TxOffset = 3;
        RxOffset = 5;
        TxBuffer = new byte[MaxFrameLength + 3];
        RxBuffer = new byte[MaxFrameLength + 5];
    }

    public override bool LinkUp => true;

    public override bool Open(byte[] macAddress) => true;

    public override int Receive()
    {
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
