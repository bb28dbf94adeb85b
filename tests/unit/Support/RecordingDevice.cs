using System;

namespace EmbeddedTcp.UnitTests.Support;

/// <summary>Remembers the last frames that were sent; a test delivers what is received.</summary>
public class RecordingDevice : MemoryDevice
{
    private const int Kept = 16;

    private readonly byte[][] _sent = new byte[Kept][];
    private readonly int[] _sentLength = new int[Kept];

    /// <summary>Makes a device that loses nothing.</summary>
    public RecordingDevice()
        : base(16)
    {
        for (int i = 0; i < Kept; i++)
        {
            _sent[i] = new byte[MaxFrameLength];
        }
    }

    /// <summary>Frames sent so far.</summary>
    public int SentCount { get; private set; }

    /// <summary>A frame that was sent, 0 being the first; only the last sixteen are kept.</summary>
    public byte[] SentAt(int index)
    {
        return _sent[index % Kept];
    }

    /// <summary>Its length.</summary>
    public int SentLengthAt(int index)
    {
        return _sentLength[index % Kept];
    }

    /// <inheritdoc />
    protected override void Transmitted(byte[] frame, int length)
    {
        int at = SentCount % Kept;
        Array.Copy(frame, 0, _sent[at], 0, length);
        _sentLength[at] = length;
        SentCount++;
    }
}
