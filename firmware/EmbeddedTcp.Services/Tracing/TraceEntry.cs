using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Tracing;

/// <summary>
/// One entry of the <see cref="TraceRing"/>, copied out of it. A segment's fields are read from its frame; what the frame's
/// beginning that was kept does not hold reads as 0.
/// </summary>
public sealed class TraceEntry
{
    /// <summary>The frame from its Ethernet header on; <see cref="Captured"/> bytes are the entry's, what follows is left over from others.</summary>
    public readonly byte[] Frame;

    private int _tcp;

    /// <summary>An entry for a ring.</summary>
    /// <param name="snapLength">The ring's <see cref="TraceRing.SnapLength"/>.</param>
    public TraceEntry(int snapLength)
    {
        Frame = new byte[snapLength];
    }

    /// <summary>Its number: entries are numbered from 0 as they are recorded.</summary>
    public int Number { get; internal set; }

    /// <summary>The time of the poll in milliseconds, modulo 2³².</summary>
    public int AtMs { get; internal set; }

    /// <summary>What happened.</summary>
    public TraceKind Kind { get; internal set; }

    /// <summary>The peer's address; 0 when it is about no connection.</summary>
    public uint RemoteAddress { get; internal set; }

    /// <summary>Our port; 0 when it is about no connection.</summary>
    public int LocalPort { get; internal set; }

    /// <summary>The peer's port; 0 for a listener.</summary>
    public int RemotePort { get; internal set; }

    /// <summary>The frame's length in bytes without FCS and padding; 0 when it is no segment.</summary>
    public int FrameLength { get; private set; }

    /// <summary>How many bytes of it were kept.</summary>
    public int Captured { get; private set; }

    /// <summary>The state that was left.</summary>
    public TcpState From
    {
        get { return (TcpState)Detail; }
    }

    /// <summary>The state that was entered.</summary>
    public TcpState To
    {
        get { return (TcpState)SecondDetail; }
    }

    /// <summary>The timer that fired, for <see cref="TraceTimer.NameOf"/>.</summary>
    public int Timer
    {
        get { return Detail; }
    }

    /// <summary>Why it was discarded.</summary>
    public DropReason Reason
    {
        get { return (DropReason)Detail; }
    }

    /// <summary>True for a segment, in or out.</summary>
    public bool IsSegment
    {
        get { return Kind == TraceKind.SegmentIn || Kind == TraceKind.SegmentOut; }
    }

    /// <summary>SEG.SEQ.</summary>
    public uint Seq
    {
        get { return (uint)Word(TcpHeader.Sequence); }
    }

    /// <summary>SEG.ACK.</summary>
    public uint Ack
    {
        get { return (uint)Word(TcpHeader.Acknowledgment); }
    }

    /// <summary>Bits of <see cref="TcpFlags"/>.</summary>
    public int Flags
    {
        get { return Octet(TcpHeader.Flags); }
    }

    /// <summary>SEG.WND as it stands in the header, without any scale.</summary>
    public int Window
    {
        get { return Half(TcpHeader.Window); }
    }

    /// <summary>The urgent pointer.</summary>
    public int UrgentPointer
    {
        get { return Half(TcpHeader.UrgentPointer); }
    }

    /// <summary>Octets of text.</summary>
    public int TextLength
    {
        get
        {
            int length = FrameLength - _tcp - HeaderLength;
            return length < 0 ? 0 : length;
        }
    }

    /// <summary>SEG.LEN: octets of text, and one for each of SYN and FIN.</summary>
    public int SequenceLength
    {
        get
        {
            int flags = Flags;
            return TextLength + ((flags >> 1) & 1) + (flags & 1);
        }
    }

    /// <summary>Where the text begins in <see cref="Frame"/>; may lie beyond what was kept.</summary>
    public int TextAt
    {
        get { return _tcp + HeaderLength; }
    }

    /// <summary>Where the value of an option begins in <see cref="Frame"/>, or −1 when the segment has no such option.</summary>
    /// <param name="kind">The option's kind (RFC 9293 §3.2): 2 MSS, 3 window scale, 4 SACK permitted, 5 SACK, 8 timestamps.</param>
    /// <param name="length">Octets of its value.</param>
    public int FindOption(int kind, out int length)
    {
        length = 0;
        int at = _tcp + TcpHeader.MinLength;
        int end = _tcp + HeaderLength;
        if (end > Captured)
        {
            end = Captured;
        }

        while (at < end && Frame[at] != TcpHeader.OptionEnd)
        {
            if (Frame[at] == TcpHeader.OptionNoOperation)
            {
                at++;
                continue;
            }

            int size = at + 1 < end ? Frame[at + 1] : 0;
            if (size < 2 || at + size > end)
            {
                break;
            }

            if (Frame[at] == kind)
            {
                length = size - 2;
                return at + 2;
            }

            at += size;
        }

        return -1;
    }

    internal int Detail { get; set; }

    internal int SecondDetail { get; set; }

    internal void SetFrame(byte[] frames, int at, int captured, int length)
    {
        if (captured > Frame.Length)
        {
            captured = Frame.Length;
        }

        Array.Copy(frames, at, Frame, 0, captured);
        Captured = captured;
        FrameLength = length;
        _tcp = EthernetHeader.Length;
        if (captured > EthernetHeader.Length)
        {
            _tcp += (Frame[EthernetHeader.Length] & 0xF) << 2;
        }
    }

    private int HeaderLength
    {
        get { return (Octet(TcpHeader.DataOffset) >> 4) << 2; }
    }

    private int Octet(int at)
    {
        return IsSegment && _tcp + at < Captured ? Frame[_tcp + at] : 0;
    }

    private int Half(int at)
    {
        return (Octet(at) << 8) | Octet(at + 1);
    }

    private int Word(int at)
    {
        return (Half(at) << 16) | Half(at + 2);
    }
}
