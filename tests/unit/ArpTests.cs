using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The ARP cache (RFC 826, RFC 1122 §2.3.2).</summary>
[TestClass]
public class ArpTests
{
    private const uint Own = 0x0A000002;
    private const uint Neighbour = 0x0A000001;

    /// <summary>Unknown: a broadcast request, the latest frame held; the answer releases it to the right station.</summary>
    [TestMethod]
    public void Held_frame_goes_out_with_the_answer()
    {
        RecordingDevice device = new RecordingDevice();
        NetworkInterface net = Interface(device);
        byte[] mac = new byte[6];
        Assert.IsFalse(net.Arp.Resolve(Neighbour, mac, 0));
        Assert.AreEqual(1, device.SentCount);
        byte[] request = device.SentAt(0);
        Assert.AreEqual(0xFF, (int)request[0]);
        Assert.AreEqual(0xFF, (int)request[5]);
        Assert.AreEqual(EthernetHeader.TypeArp, BigEndian.ReadUInt16(request, 12));
        Assert.AreEqual(ArpPacket.Request, BigEndian.ReadUInt16(request, 14 + ArpPacket.Operation));
        Assert.AreEqual((int)Own, BigEndian.ReadInt32(request, 14 + ArpPacket.SenderProtocol));
        Assert.AreEqual((int)Neighbour, BigEndian.ReadInt32(request, 14 + ArpPacket.TargetProtocol));
        Assert.AreEqual(ArpState.Incomplete, net.Arp.StateAt(0));

        byte[] frame = new byte[60];
        frame[20] = 1;
        net.Arp.Hold(Neighbour, frame, 0, 60);
        frame[20] = 2;
        net.Arp.Hold(Neighbour, frame, 0, 60);
        Assert.AreEqual(1, net.Counters.Drops[(int)DropReason.ArpUnresolved]);
        Answer(device, net, Neighbour, 0x11);
        Assert.AreEqual(2, device.SentCount);
        Assert.AreEqual(2, (int)device.SentAt(1)[20]);
        Assert.AreEqual(0x11, (int)device.SentAt(1)[5]);
        Assert.AreEqual(ArpState.Reachable, net.Arp.StateAt(0));
        Assert.IsTrue(net.Arp.Resolve(Neighbour, mac, 0));
        Assert.AreEqual(0x11, (int)mac[5]);
        Assert.AreEqual(2, device.SentCount);
    }

    /// <summary>No more than one request a second and target; after four the neighbour is given up and what waited is counted.</summary>
    [TestMethod]
    public void Requests_are_few_and_bounded()
    {
        RecordingDevice device = new RecordingDevice();
        NetworkInterface net = Interface(device);
        byte[] mac = new byte[6];
        for (int ms = 0; ms < 3500; ms += 10)
        {
            net.Poll(1000 + ms);
            Assert.IsFalse(net.Arp.Resolve(Neighbour, mac, 0));
            Assert.AreEqual(ms / 1000 + 1, device.SentCount);
        }

        net.Arp.Hold(Neighbour, new byte[60], 0, 60);
        net.Poll(4999);
        Assert.AreEqual(Neighbour, net.Arp.AddressAt(0));
        net.Poll(5001);
        Assert.AreEqual(4, device.SentCount);
        Assert.IsTrue(net.Arp.AddressAt(0) == 0);
        Assert.AreEqual(1, net.Counters.Drops[(int)DropReason.ArpUnresolved]);
    }

    /// <summary>A minute old: still used, while the neighbour itself is asked; mute, it is forgotten; an answer makes it young.</summary>
    [TestMethod]
    public void Entries_age()
    {
        RecordingDevice device = new RecordingDevice();
        NetworkInterface net = Interface(device);
        byte[] mac = new byte[6];
        net.Arp.Resolve(Neighbour, mac, 0);
        Answer(device, net, Neighbour, 0x11);
        net.Poll(1000 + 59999);
        Assert.IsTrue(net.Arp.Resolve(Neighbour, mac, 0));
        Assert.AreEqual(1, device.SentCount);
        net.Poll(1000 + 60000);
        Assert.AreEqual(ArpState.Stale, net.Arp.StateAt(0));
        Assert.IsTrue(net.Arp.Resolve(Neighbour, mac, 0));
        Assert.AreEqual(2, device.SentCount);
        Assert.AreEqual(0x11, (int)device.SentAt(1)[5]);
        Answer(device, net, Neighbour, 0x11);
        Assert.AreEqual(ArpState.Reachable, net.Arp.StateAt(0));
        Assert.AreEqual(0, net.Arp.AgeMsAt(0));

        long now = 1000 + 60000 + 60000;
        bool known = true;
        for (int i = 0; i < 10 && known; i++)
        {
            net.Poll(now);
            known = net.Arp.Resolve(Neighbour, mac, 0);
            now += 1000;
        }

        Assert.IsFalse(known);
    }

    /// <summary>Gratuitous announcements update what is known and add nothing; ill ones do neither.</summary>
    [TestMethod]
    public void Announcements_and_ill_packets()
    {
        RecordingDevice device = new RecordingDevice();
        NetworkInterface net = Interface(device);
        byte[] mac = new byte[6];
        Deliver(device, net, Packet(ArpPacket.Request, 0x21, Neighbour, Neighbour), 42);
        Assert.IsTrue(net.Arp.AddressAt(0) == 0);
        net.Arp.Resolve(Neighbour, mac, 0);
        Answer(device, net, Neighbour, 0x11);
        Deliver(device, net, Packet(ArpPacket.Request, 0x21, Neighbour, Neighbour), 42);
        Assert.IsTrue(net.Arp.Resolve(Neighbour, mac, 0));
        Assert.AreEqual(0x21, (int)mac[5]);

        int bad = net.Counters.Drops[(int)DropReason.BadArp];
        int sent = device.SentCount;
        byte[] p = Packet(ArpPacket.Request, 0x31, Neighbour, Own);
        Deliver(device, net, p, 41);
        p[14] = 9;
        Deliver(device, net, p, 42);
        p = Packet(ArpPacket.Request, 0x31, Neighbour, Own);
        p[16] = 9;
        Deliver(device, net, p, 42);
        p = Packet(ArpPacket.Request, 0x31, Neighbour, Own);
        p[18] = 8;
        Deliver(device, net, p, 42);
        p = Packet(ArpPacket.Request, 0x31, Neighbour, Own);
        p[19] = 16;
        Deliver(device, net, p, 42);
        p = Packet(ArpPacket.Reply, 0x31, Neighbour, Own);
        p[14 + ArpPacket.SenderHardware] = 0xFF;
        Deliver(device, net, p, 42);
        Deliver(device, net, Packet(ArpPacket.Reply, 0x31, Own, Own), 42);
        Assert.AreEqual(bad + 7, net.Counters.Drops[(int)DropReason.BadArp]);
        Assert.AreEqual(sent, device.SentCount);
        net.Arp.Resolve(Neighbour, mac, 0);
        Assert.AreEqual(0x21, (int)mac[5]);
    }

    /// <summary>A full cache gives up what nobody answers for, then what was used longest ago.</summary>
    [TestMethod]
    public void Full_cache_gives_up_the_least_used()
    {
        RecordingDevice device = new RecordingDevice();
        NetworkInterface net = Interface(device);
        byte[] mac = new byte[6];
        for (uint i = 0; i < 4; i++)
        {
            net.Poll(2000 + i * 10);
            net.Arp.Resolve(Neighbour + 0x10 + i, mac, 0);
            if (i != 2)
            {
                Answer(device, net, Neighbour + 0x10 + i, (byte)i);
            }
        }

        net.Poll(2100);
        net.Arp.Resolve(Neighbour + 0x10, mac, 0);
        net.Arp.Resolve(Neighbour + 0x20, mac, 0);
        Assert.IsTrue(Knows(net, Neighbour + 0x10));
        Assert.IsFalse(Knows(net, Neighbour + 0x12));
        Answer(device, net, Neighbour + 0x20, 5);
        net.Poll(2200);
        net.Arp.Resolve(Neighbour + 0x21, mac, 0);
        Assert.IsTrue(Knows(net, Neighbour + 0x10));
        Assert.IsFalse(Knows(net, Neighbour + 0x11));
        Assert.IsTrue(Knows(net, Neighbour + 0x13));
    }

    private static bool Knows(NetworkInterface net, uint address)
    {
        for (int i = 0; i < net.Arp.Capacity; i++)
        {
            if (net.Arp.AddressAt(i) == address)
            {
                return true;
            }
        }

        return false;
    }

    private static NetworkInterface Interface(RecordingDevice device)
    {
        StackOptions options = new StackOptions();
        options.Address = Own;
        options.ArpEntries = 4;
        NetworkInterface net = new NetworkInterface(device, options);
        net.Open();
        net.Poll(1000);
        return net;
    }

    private static void Answer(RecordingDevice device, NetworkInterface net, uint address, byte id)
    {
        Deliver(device, net, Packet(ArpPacket.Reply, id, address, Own), 42);
    }

    private static void Deliver(RecordingDevice device, NetworkInterface net, byte[] frame, int length)
    {
        device.Deliver(frame, length);
        net.Poll(net.NowMs);
    }

    private static byte[] Packet(int operation, byte id, uint sender, uint target)
    {
        byte[] b = new byte[42];
        for (int i = 0; i < 6; i++)
        {
            b[i] = 0xFF;
        }

        b[6] = 2;
        b[11] = id;
        BigEndian.WriteUInt16(b, 12, EthernetHeader.TypeArp);
        BigEndian.WriteUInt16(b, 14, 1);
        BigEndian.WriteUInt16(b, 16, EthernetHeader.TypeIpv4);
        b[18] = 6;
        b[19] = 4;
        BigEndian.WriteUInt16(b, 20, operation);
        b[14 + ArpPacket.SenderHardware] = 2;
        b[14 + ArpPacket.SenderHardware + 5] = id;
        BigEndian.WriteInt32(b, 14 + ArpPacket.SenderProtocol, (int)sender);
        BigEndian.WriteInt32(b, 14 + ArpPacket.TargetProtocol, (int)target);
        return b;
    }
}
