using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp;

/// <summary>Refuses options that are out of range before anything is built on them.</summary>
internal static class OptionsCheck
{
    internal static void Validate(StackOptions options)
    {
        if (options == null)
        {
            throw new ArgumentNullException("options");
        }

        if (options.MacAddress == null || options.MacAddress.Length != 6 || (options.MacAddress[0] & 1) != 0)
        {
            throw new ArgumentException("MacAddress: six bytes, not a group address");
        }

        if (options.BootSecret == null || options.BootSecret.Length != 16)
        {
            throw new ArgumentException("BootSecret: sixteen bytes");
        }

        Range("PrefixLength", options.PrefixLength, 1, 30);
        if (options.Address != 0 && !Ipv4Address.IsHost(options.Address, options.PrefixLength))
        {
            throw new ArgumentException("Address: not a host address of its network");
        }

        Range("Mtu", options.Mtu, 576, 1500);
        Range("Connections", options.Connections, 1, 64);
        Range("ReceiveBufferSize", options.ReceiveBufferSize, 512, StackOptions.MaxBufferSize);
        Range("SendBufferSize", options.SendBufferSize, 512, StackOptions.MaxBufferSize);
        Range("TimeToLive", options.TimeToLive, 1, 255);
        Range("Listeners", options.Listeners, 1, 64);
        Range("SynTableSize", options.SynTableSize, 1, 256);
        Range("TimeWaitTableSize", options.TimeWaitTableSize, 1, 256);
        Range("ArpEntries", options.ArpEntries, 2, 256);
        Range("ArpPendingFrames", options.ArpPendingFrames, 1, 16);
        Range("ReceiveBudget", options.ReceiveBudget, 1, 1000);
        Range("MaximumSegmentLifetime", options.MaximumSegmentLifetime, 10, 120000);
        Range("MinimumRto", options.MinimumRto, 10, 60000);
        Range("InitialRto", options.InitialRto, options.MinimumRto, 60000);
        Range("MaximumRto", options.MaximumRto, 60000, 600000);
        Range("R1Retransmissions", options.R1Retransmissions, 3, 15);
        Range("R2Timeout", options.R2Timeout, 1000, 86400000);
        Range("R2SynTimeout", options.R2SynTimeout, 1000, 86400000);
        Range("SynAckRetransmissions", options.SynAckRetransmissions, 1, 10);
        Range("DelayedAck", options.DelayedAck, 0, 499);
        Range("FinWait2Timeout", options.FinWait2Timeout, 1000, 86400000);
        Range("PersistTimeout", options.PersistTimeout, 1000, 86400000);
        Range("OrphanTimeout", options.OrphanTimeout, 1000, 86400000);
        Range("AcceptTimeout", options.AcceptTimeout, 1000, 86400000);
        Range("KeepAliveIdle", options.KeepAliveIdle, 1000, 86400000);
        Range("KeepAliveInterval", options.KeepAliveInterval, 1000, 86400000);
        Range("KeepAliveProbes", options.KeepAliveProbes, 1, 100);
        Range("UdpSockets", options.UdpSockets, 0, 64);
        Range("UdpQueueLength", options.UdpQueueLength, 1, 64);
        Range("UdpReceiveBufferSize", options.UdpReceiveBufferSize, 576, 65535);
        Range("MulticastGroups", options.MulticastGroups, 0, 16);
        Range("ReassemblyDatagrams", options.ReassemblyDatagrams, 0, 8);
        Range("ReassemblySize", options.ReassemblySize, 576, 65515);
        Range("IcmpErrorsPerSecond", options.IcmpErrorsPerSecond, 0, 1000);
    }

    private static void Range(string name, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum)
        {
            throw new ArgumentException(name + ": " + value.ToString() + " is not " + minimum.ToString() + " to " + maximum.ToString());
        }
    }
}
