using System;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.BoardTests;

/// <summary>A device that does what it is told, and throws when it is told so.</summary>
internal sealed class TestDevice : EthernetDevice
{
    public TestDevice()
    {
        RxBuffer = new byte[MaxFrameLength];
        TxBuffer = new byte[MaxFrameLength];
    }

    public bool Answers { get; set; } = true;

    public bool Recovers { get; set; } = true;

    /// <summary>How many of the next calls of Receive throw.</summary>
    public int Throws { get; set; }

    public bool ThrowsInOpen { get; set; }

    public int Opens { get; private set; }

    public int RecoverCalls { get; private set; }

    public override bool LinkUp => true;

    public override bool Open(byte[] macAddress)
    {
        Opens++;
        if (ThrowsInOpen)
        {
            throw new InvalidOperationException("no bus");
        }

        Error = Answers ? null : "nobody there";
        return Answers;
    }

    public override int Receive()
    {
        if (Throws > 0)
        {
            Throws--;
            throw new InvalidOperationException("bus");
        }

        return 0;
    }

    public override bool Send(int length) => true;

    public override bool Recover()
    {
        RecoverCalls++;
        Error = Recovers ? null : "still dead";
        return Recovers;
    }

    public override string Describe() => "test chip";
}
