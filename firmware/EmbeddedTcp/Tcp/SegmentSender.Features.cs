using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>SYNs with what they offer, and the options and bits of connections that agreed on some.</content>
internal sealed partial class SegmentSender
{
    // Beyond the eight control bits: the datagram is to carry ECT(0).
    private const int EcnCapableMark = 0x100;

    private readonly int _offered;
    private readonly int _ourScale;

    /// <summary>The features that <see cref="StackOptions"/> offers, bits of <see cref="TcpFeatures"/>.</summary>
    internal int Offered
    {
        get { return _offered; }
    }

    /// <summary>Rcv.Wind.Shift: the smallest that lets the receive ring be announced whole (RFC 7323 §2.3).</summary>
    internal int OurScale
    {
        get { return _ourScale; }
    }

    /// <summary>The features of <see cref="Offered"/> that a SYN of the peer has too.</summary>
    /// <param name="s">The SYN, or the SYN,ACK.</param>
    /// <param name="ecnFlags">What of ECE and CWR says yes: both in a SYN, ECE alone in a SYN,ACK (RFC 3168 §6.1.1).</param>
    internal int Agreed(TcpSegment s, int ecnFlags)
    {
        int features = 0;
        if (s.SackPermitted)
        {
            features = TcpFeatures.Sack;
        }

        if (s.HasTimestamp)
        {
            features |= TcpFeatures.Timestamps;
        }

        if (s.WindowScale >= 0)
        {
            features |= TcpFeatures.WindowScale;
        }

        if ((s.Flags & (TcpFlags.Ece | TcpFlags.Cwr)) == ecnFlags)
        {
            features |= TcpFeatures.Ecn;
        }

        return features & _offered;
    }

    /// <summary>Composes the options of a SYN or SYN,ACK; TSopt follows by <see cref="AddTimestamp"/>.</summary>
    internal void ComposeSynOptions(int features)
    {
        _options.Syn(_ourMss, features, _ourScale);
    }

    /// <summary>Adds TSopt to the options of a SYN.</summary>
    internal void AddTimestamp(int value, int echo)
    {
        _options.Timestamps(value, echo);
    }

    /// <summary>Composes TSopt alone.</summary>
    internal void ComposeTimestamp(int value, int echo)
    {
        _options.Clear();
        _options.Timestamps(value, echo);
    }

    /// <summary>What the field holds of a window: of an unscaled one, as in a SYN (RFC 7323 §2.2), or of one that is shifted already.</summary>
    internal static int WindowField(int window)
    {
        return window < TcpHeader.MaxWindow ? window : TcpHeader.MaxWindow;
    }

    /// <summary>Sends our SYN (SYN-SENT) or SYN,ACK (SYN-RECEIVED after a simultaneous open).</summary>
    internal bool SendSyn(TcpConnection c)
    {
        bool withAck = c.CurrentState == TcpState.SynReceived;
        if (c.SndNxt != c.Iss)
        {
            _counters.Retransmissions++;
        }

        int features = withAck ? c.Features : _offered;
        ComposeSynOptions(features);
        if ((features & TcpFeatures.Timestamps) != 0)
        {
            AddTimestamp(c.Engine.TimestampValue(c.RemoteAddressBits, c.RemotePortNumber, c.LocalPortNumber), withAck ? c.Stamps.Recent : 0);
        }

        int flags = withAck ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn;
        if ((features & TcpFeatures.Ecn) != 0 && (withAck || c.Retransmits == 0))
        {
            // RFC 3168 §6.1.1.1: where a SYN that asks for ECN gets lost, the next one does without. A SYN,ACK that took the offer back would
            // have to end ECN (§6.1.1).
            flags |= withAck ? TcpFlags.Ece : TcpFlags.Ece | TcpFlags.Cwr;
        }

        bool sent = SendControl(
            c.RemoteAddressBits,
            c.LocalPortNumber,
            c.RemotePortNumber,
            c.Iss,
            withAck ? c.RcvNxt : 0,
            flags,
            WindowField(c.ReceiveBuffer.Size),
            true);
        c.SndNxt = c.Iss + 1;
        c.LastSentAt = _net.Now;
        return sent;
    }

    // Text that one segment may carry from here on: SACK blocks take their room from it (RFC 9293 §3.7.1, MUST-16), and after a timeout
    // it ends where the peer already has what follows.
    private static int SegmentRoom(TcpConnection c, int next)
    {
        int room = c.SendMss;
        if ((c.Features & TcpFeatures.Sack) != 0)
        {
            int blocks = c.SackReport.Blocks(c.Reassembly);
            if (blocks != 0)
            {
                int most = (TcpHeader.MaxOptionsLength - c.FixedOptionsLength - 4) / TcpHeader.SackBlockLength;
                room -= 4 + (blocks < most ? blocks : most) * TcpHeader.SackBlockLength;
            }

            if (next != c.SndNxt)
            {
                room = c.Scoreboard.Until(next, room);
            }
        }

        return room;
    }

    // ECE, CWR and ECT (RFC 3168 §6.1.2 to §6.1.6) and URG (RFC 9293 §3.8.5).
    private static int FeatureFlags(TcpConnection c, int seq, int length, int flags)
    {
        if ((c.Features & TcpFeatures.Ecn) != 0)
        {
            if (c.Ecn.EchoDue)
            {
                flags |= TcpFlags.Ece;
            }

            // Neither pure ACKs, nor window probes, nor retransmissions are marked as capable (§6.1.4 to §6.1.6).
            if (length != 0 && seq == c.SndNxt && c.SndWnd != 0)
            {
                flags |= c.Ecn.CwrDue ? TcpFlags.Cwr | EcnCapableMark : EcnCapableMark;
            }
        }

        if ((c.Features & TcpFeatures.UrgentOut) != 0 && c.SndUp - seq > 0)
        {
            flags |= TcpFlags.Urg;
        }

        return flags;
    }

    // Writes options and urgent pointer into a segment whose template has neither; returns what they add to its checksum.
    private int WriteFeatures(TcpConnection c, byte[] b, int t, int seq, int flags)
    {
        TcpOptionWriter options = _options;
        options.Clear();
        if ((c.Features & TcpFeatures.Timestamps) != 0)
        {
            options.Timestamps(c.Stamps.Value(_net.Now), c.Stamps.Recent);
        }

        if ((c.Features & TcpFeatures.Sack) != 0 && c.SackReport.Blocks(c.Reassembly) != 0)
        {
            c.SackReport.Write(options, c.Reassembly);
        }

        int sum = 0;
        if (options.Length != 0)
        {
            int headerLength = TcpHeader.MinLength + options.Length;
            Array.Copy(options.Bytes, 0, b, t + TcpHeader.MinLength, options.Length);
            b[t + TcpHeader.DataOffset] = (byte)(headerLength << 2);

            // The data offset counts words in the high four bits of a header word, the pseudo header bytes.
            sum = Checksum.Sum(options.Bytes, 0, options.Length) + (options.Length << 10) + options.Length;
        }

        if ((flags & TcpFlags.Urg) != 0)
        {
            int pointer = c.SndUp - seq;
            if (pointer > 65535)
            {
                pointer = 65535;
            }

            BigEndian.WriteUInt16(b, t + TcpHeader.UrgentPointer, pointer);
            sum += pointer;
        }

        return sum;
    }
}
