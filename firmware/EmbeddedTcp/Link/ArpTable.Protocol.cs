using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Link;

/// <content>ARP packets in and out, and the frames that wait for an answer.</content>
public sealed partial class ArpTable
{
    /// <summary>Handles an ARP packet (RFC 826, "Packet Reception").</summary>
    internal void Input(byte[] frame, int offset, int length)
    {
        int p = offset + EthernetHeader.Length;
        if (length < EthernetHeader.Length + ArpPacket.Length
            || BigEndian.ReadUInt16(frame, p + ArpPacket.HardwareType) != 1
            || BigEndian.ReadUInt16(frame, p + ArpPacket.ProtocolType) != EthernetHeader.TypeIpv4
            || frame[p + ArpPacket.HardwareLength] != 6
            || frame[p + ArpPacket.ProtocolLength] != 4
            || (frame[p + ArpPacket.SenderHardware] & 1) != 0)
        {
            // RFC 1812 §3.3.2: an ARP reply that claims a group hardware address must not be believed.
            _net.Counters.Drop(DropReason.BadArp);
            return;
        }

        uint sender = (uint)BigEndian.ReadInt32(frame, p + ArpPacket.SenderProtocol);
        uint target = (uint)BigEndian.ReadInt32(frame, p + ArpPacket.TargetProtocol);
        int operation = BigEndian.ReadUInt16(frame, p + ArpPacket.Operation);
        if (!IsOwn(frame, p + ArpPacket.SenderHardware))
        {
            _net.ArpSeen(sender, target);
        }

        if (sender == _net.Address && sender != 0)
        {
            // Another host claims our address; believing it would make us talk to ourselves.
            _net.Counters.Drop(DropReason.BadArp);
            return;
        }

        bool forUs = target == _net.Address && target != 0;
        if (sender != 0 && _net.IsOnLink(sender))
        {
            // RFC 826: update an entry that exists; add one only when we are the target.
            int entry = Find(sender);
            if (entry < 0 && forUs)
            {
                entry = Allocate(sender);
            }

            if (entry >= 0)
            {
                Confirm(entry, frame, p + ArpPacket.SenderHardware);
            }
        }

        if (forUs && operation == ArpPacket.Request)
        {
            Compose(ArpPacket.Reply, frame, p + ArpPacket.SenderHardware, sender, _net.Address);
            if (_net.SendFrame(EthernetHeader.Length + ArpPacket.Length))
            {
                _net.Counters.ArpRepliesOut++;
            }
        }
    }

    /// <summary>
    /// Keeps a complete IPv4 frame until its neighbour answers; a newer frame for the same neighbour takes its place
    /// (RFC 1122 §2.3.2.2: at least the latest packet is saved).
    /// </summary>
    internal void Hold(uint neighbour, byte[] frame, int offset, int length)
    {
        int free = -1;
        for (int i = 0; i < _heldFrame.Length; i++)
        {
            if (_heldLength[i] == 0)
            {
                free = i;
            }
            else if (_heldFor[i] == neighbour)
            {
                DropHeld(i);
                free = i;
                break;
            }
        }

        if (free < 0)
        {
            _net.Counters.Drop(DropReason.ArpQueueFull);
            return;
        }

        Array.Copy(frame, offset, _heldFrame[free], 0, length);
        _heldLength[free] = length;
        _heldFor[free] = neighbour;
    }

    /// <summary>Asks whether anybody has an address, without saying that we want it (RFC 5227 §2.1.1: the sender's address is zero).</summary>
    public void Probe(uint address)
    {
        Compose(ArpPacket.Request, null, 0, address, 0);
        SendRequest();
    }

    /// <summary>Tells everyone that our address is ours (RFC 5227 §2.3).</summary>
    public void Announce()
    {
        Compose(ArpPacket.Request, null, 0, _net.Address, _net.Address);
        SendRequest();
    }

    private void SendRequest()
    {
        if (_net.SendFrame(EthernetHeader.Length + ArpPacket.Length))
        {
            _net.Counters.ArpRequestsOut++;
        }
    }

    private bool IsOwn(byte[] frame, int mac)
    {
        byte[] own = _net.MacAddress;
        int same = 0;
        for (int i = 0; i < 6; i++)
        {
            same += own[i] == frame[mac + i] ? 1 : 0;
        }

        return same == 6;
    }

    private void DropHeld(int held)
    {
        if (_heldLength[held] != 0)
        {
            _heldLength[held] = 0;
            _net.Counters.Drop(DropReason.ArpUnresolved);
        }
    }

    private void ReleaseHeld(int entry)
    {
        for (int i = 0; i < _heldFrame.Length; i++)
        {
            int length = _heldLength[i];
            if (length == 0 || _heldFor[i] != _address[entry])
            {
                continue;
            }

            _heldLength[i] = 0;
            EthernetDevice device = _net.Device;
            Array.Copy(_heldFrame[i], 0, device.TxBuffer, device.TxOffset, length);
            Array.Copy(_mac, entry * 6, device.TxBuffer, device.TxOffset, 6);
            if (!_net.SendFrame(length))
            {
                _net.Counters.Drop(DropReason.DeviceBusy);
            }
        }
    }

    private void Request(int entry, bool unicast)
    {
        _requestedAt[entry] = _net.Now;
        _requests[entry]++;
        Compose(ArpPacket.Request, unicast ? _mac : null, entry * 6, _address[entry], _net.Address);
        SendRequest();
        _net.WakeIn(RequestIntervalMs);
    }

    private void Compose(int operation, byte[] targetMac, int targetMacOffset, uint target, uint sender)
    {
        byte[] b = _net.Device.TxBuffer;
        int o = _net.Device.TxOffset;
        int p = o + EthernetHeader.Length;

        // RFC 3927 §2.5: with a link-local address every ARP packet goes to all, so that conflicts show sooner.
        bool toAll = targetMac == null || sender >> 16 == Ipv4Address.LinkLocalPrefix;
        for (int i = 0; i < 6; i++)
        {
            byte known = targetMac == null ? (byte)0 : targetMac[targetMacOffset + i];
            b[o + i] = toAll ? (byte)0xFF : known;
            b[p + ArpPacket.TargetHardware + i] = operation == ArpPacket.Reply ? known : (byte)0;
        }

        byte[] own = _net.MacAddress;
        Array.Copy(own, 0, b, o + EthernetHeader.Source, 6);
        BigEndian.WriteUInt16(b, o + EthernetHeader.Type, EthernetHeader.TypeArp);
        BigEndian.WriteUInt16(b, p + ArpPacket.HardwareType, 1);
        BigEndian.WriteUInt16(b, p + ArpPacket.ProtocolType, EthernetHeader.TypeIpv4);
        b[p + ArpPacket.HardwareLength] = 6;
        b[p + ArpPacket.ProtocolLength] = 4;
        BigEndian.WriteUInt16(b, p + ArpPacket.Operation, operation);
        Array.Copy(own, 0, b, p + ArpPacket.SenderHardware, 6);
        BigEndian.WriteInt32(b, p + ArpPacket.SenderProtocol, (int)sender);
        BigEndian.WriteInt32(b, p + ArpPacket.TargetProtocol, (int)target);
    }
}
