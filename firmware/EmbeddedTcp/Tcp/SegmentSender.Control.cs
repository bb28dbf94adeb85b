using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>Segments that need no connection: SYN, SYN,ACK of half-open entries, ACK of TIME_WAIT, RST.</content>
internal sealed partial class SegmentSender
{
    /// <summary>Composes and sends a segment without text.</summary>
    /// <param name="remoteAddress">The peer.</param>
    /// <param name="localPort">Our port.</param>
    /// <param name="remotePort">The peer's port.</param>
    /// <param name="seq">SEG.SEQ.</param>
    /// <param name="ack">SEG.ACK, 0 without ACK.</param>
    /// <param name="flags">Bits of <see cref="TcpFlags"/>.</param>
    /// <param name="window">SEG.WND, 0 to 65,535.</param>
    /// <param name="withOptions">True adds the options that were just composed by <see cref="ComposeSynOptions"/> or its like.</param>
    /// <returns>False when it could not be sent.</returns>
    internal bool SendControl(int remoteAddress, int localPort, int remotePort, int seq, int ack, int flags, int window, bool withOptions)
    {
        uint hop = _ipv4.NextHop((uint)remoteAddress);
        if (hop == 0)
        {
            _counters.Drop(DropReason.NoRoute);
            return false;
        }

        bool resolved = _net.Arp.Resolve(hop, _ipv4.HardwareAddress, 0);
        byte[] b = _device.TxBuffer;
        int t = _ipv4.PayloadOffset;
        int length = TcpHeader.MinLength;
        BigEndian.WriteUInt16(b, t + TcpHeader.SourcePort, localPort);
        BigEndian.WriteUInt16(b, t + TcpHeader.DestinationPort, remotePort);
        BigEndian.WriteInt32(b, t + TcpHeader.Sequence, seq);
        BigEndian.WriteInt32(b, t + TcpHeader.Acknowledgment, ack);
        b[t + TcpHeader.Flags] = (byte)flags;
        BigEndian.WriteUInt16(b, t + TcpHeader.Window, window);
        BigEndian.WriteInt32(b, t + TcpHeader.Checksum, 0);
        if (withOptions)
        {
            Array.Copy(_options.Bytes, 0, b, t + length, _options.Length);
            length += _options.Length;
        }

        b[t + TcpHeader.DataOffset] = (byte)(length << 2);
        int local = (int)_net.Address;
        int sum = Checksum.Sum(b, t, length) + Ipv4Header.ProtocolTcp + length
            + ((local >> 16) & 0xFFFF) + (local & 0xFFFF) + ((remoteAddress >> 16) & 0xFFFF) + (remoteAddress & 0xFFFF);
        BigEndian.WriteUInt16(b, t + TcpHeader.Checksum, Checksum.Finish(sum));
        if (!_ipv4.Send((uint)remoteAddress, Ipv4Header.ProtocolTcp, length, resolved, _ipv4.HardwareAddress))
        {
            _counters.Drop(DropReason.DeviceBusy);
            return false;
        }

        _counters.OtherSegmentsOut++;
        if (_counters.Trace != null)
        {
            _counters.Trace.SegmentOut(b, t - TcpAt, TcpAt + length);
        }

        return true;
    }

    /// <summary>Answers a segment that belongs to nothing with a RST (RFC 9293 §3.5.2 and §3.10.7.1); a RST is never answered.</summary>
    internal void Reset(TcpSegment s)
    {
        if (s.Has(TcpFlags.Rst))
        {
            return;
        }

        _counters.ResetsOut++;
        if (s.Has(TcpFlags.Ack))
        {
            SendControl(s.RemoteAddress, s.LocalPort, s.RemotePort, s.Ack, 0, TcpFlags.Rst, 0, false);
        }
        else
        {
            SendControl(s.RemoteAddress, s.LocalPort, s.RemotePort, 0, s.Seq + s.Length, TcpFlags.Rst | TcpFlags.Ack, 0, false);
        }
    }

    /// <summary>Ends a connection of ours with a RST (RFC 9293 §3.10.5).</summary>
    internal void Reset(TcpConnection c)
    {
        _counters.ResetsOut++;
        bool stamped = (c.Features & TcpFeatures.Timestamps) != 0;
        if (stamped)
        {
            // RFC 7323 §3.2: it "SHOULD be sent in an <RST> segment".
            ComposeTimestamp(c.Stamps.Value(_net.Now), c.Stamps.Recent);
        }

        SendControl(c.RemoteAddressBits, c.LocalPortNumber, c.RemotePortNumber, EmptySequence(c), c.RcvNxt, TcpFlags.Rst | TcpFlags.Ack, 0, stamped);
    }

    /// <summary>
    /// SEG.SEQ of a segment without text: SND.NXT, or the right edge of the peer's window when a refused probe or a shrunken window has
    /// left SND.NXT beyond it, for there the peer would find it unacceptable and not look at it (§3.10.7.4, first check).
    /// </summary>
    private static int EmptySequence(TcpConnection c)
    {
        int beyond = c.SndNxt - c.SndUna - c.SndWnd;
        return beyond > 0 && c.CurrentState >= TcpState.Established ? c.SndNxt - beyond : c.SndNxt;
    }
}
