using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;
using EmbeddedTcp.VirtualBoard.Wires.Tap;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Tap;

[TestClass]
public sealed class TapDeviceTests
{
    private const uint HostAddress = 0x0A4D0001;

    [TestMethod]
    public void Interface_that_does_not_exist_is_created_with_its_address_and_goes_away_again()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using (network.Run(() => TapDevice.Open("t0", HostAddress, 24)))
        {
            StringAssert.Contains(network.Exec("ip", "-4", "-o", "address", "show", "dev", "t0").Succeeded().Text, "inet 10.77.0.1/24");
            StringAssert.Contains(network.Exec("ip", "-o", "link", "show", "dev", "t0").Succeeded().Text, "LOWER_UP");
        }

        Assert.AreNotEqual(0, network.Exec("ip", "link", "show", "dev", "t0").ExitCode, "t0 is still there");
    }

    [TestMethod]
    public void Persistent_interface_is_attached_to_with_the_address_it_has_and_stays()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        network.Exec("ip", "tuntap", "add", "dev", "t0", "mode", "tap").Succeeded();
        network.Exec("ip", "address", "add", "192.168.9.1/24", "dev", "t0").Succeeded();
        using (network.Run(() => TapDevice.Open("t0", HostAddress, 24)))
        {
            string address = network.Exec("ip", "-4", "-o", "address", "show", "dev", "t0").Succeeded().Text;
            StringAssert.Contains(address, "192.168.9.1/24");
            Assert.IsFalse(address.Contains("10.77.0.1"), address);
            StringAssert.Contains(network.Exec("ip", "-o", "link", "show", "dev", "t0").Succeeded().Text, "LOWER_UP");
        }

        network.Exec("ip", "link", "show", "dev", "t0").Succeeded();
    }

    [TestMethod]
    public void Interface_in_use_and_interface_of_another_kind_are_one_clear_line()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using TapDevice first = network.Run(() => TapDevice.Open("t0", HostAddress, 24));
        WireException busy = Assert.ThrowsExactly<WireException>(() => network.Run(() => TapDevice.Open("t0", HostAddress, 24)));
        StringAssert.Contains(busy.Message, "in use by another program");

        network.Exec("ip", "link", "add", "b0", "type", "bridge").Succeeded();
        WireException bridge = Assert.ThrowsExactly<WireException>(() => network.Run(() => TapDevice.Open("b0", HostAddress, 24)));
        StringAssert.Contains(bridge.Message, "no TAP interface");
    }

    [TestMethod]
    public void Frames_pass_both_ways_and_short_ones_are_padded()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using var signal = new LoopSignal();
        using TapDevice tap = network.Run(() => TapDevice.Open("t0", HostAddress, 24));
        var chip = new RecordingChip();
        var wire = new VirtualWire(chip, tap, FaultSettings.None, null, signal);

        // The kernel asks who has 10.77.0.2, in 42 bytes that a sender has to pad to 60.
        using Process ping = Tool.Start("ip", network.Enter("ping", "-c1", "-W5", "10.77.0.2"));
        byte[] request = chip.WaitFor(wire, signal, f => f[12] == 8 && f[13] == 6);
        Assert.AreEqual(60, request.Length);

        byte[] reply = (byte[])request.Clone();
        byte[] mac = [0x02, 0, 0, 0, 0, 0x42];
        request[6..12].CopyTo(reply, 0);
        mac.CopyTo(reply, 6);
        reply[21] = 2;
        mac.CopyTo(reply, 22);
        request[38..42].CopyTo(reply, 28);
        request[6..12].CopyTo(reply, 32);
        request[28..32].CopyTo(reply, 38);
        chip.Cable.Transmitted(reply, 0, reply.Length);
        byte[] echo = chip.WaitFor(wire, signal, f => f[12] == 8 && f[13] == 0 && f[23] == 1);
        CollectionAssert.AreEqual(mac, echo[0..6], "the kernel believed the ARP reply");
        ping.Kill();
        ping.WaitForExit();
        Assert.AreEqual(0, tap.WriteErrors + tap.ReadErrors);
    }

    [TestMethod]
    public void Tcp_checksum_that_Linux_writes_as_FFFF_arrives_as_0()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using var signal = new LoopSignal();
        using TapDevice tap = network.Run(() => TapDevice.Open("t0", HostAddress, 24));
        var chip = new RecordingChip();
        var wire = new VirtualWire(chip, tap, FaultSettings.None, null, signal);
        using var host = new PacketSocket(network, "t0");

        byte[] frame = new byte[60];
        frame[12] = 0x08;
        frame[14] = 0x45;
        frame[23] = 6;
        frame[50] = 0xFF;
        frame[51] = 0xFF;
        host.Send(frame);
        byte[] got = chip.WaitFor(wire, signal, f => f[12] == 8 && f[23] == 6);
        Assert.AreEqual(0, got[50] | got[51]);

        // UDP needs FFFF: there, 0 says that there is no checksum.
        frame[23] = 17;
        frame[40] = 0xFF;
        frame[41] = 0xFF;
        host.Send(frame);
        CollectionAssert.AreEqual(frame, chip.WaitFor(wire, signal, f => f[12] == 8 && f[23] == 17));
    }

    // A chip that keeps every frame it is given.
    private sealed class RecordingChip() : ChipModel(new ChipFaults())
    {
        private readonly ConcurrentQueue<byte[]> _frames = new();

        public override string Name => "none";

        public override bool LinkUp => true;

        protected override int CurrentRegister => -1;

        public byte[] WaitFor(VirtualWire wire, LoopSignal signal, System.Predicate<byte[]> wanted)
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < 5)
            {
                long now = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds;
                wire.PumpFromBoard(now);
                wire.PumpToBoard(now);
                while (_frames.TryDequeue(out byte[]? frame))
                {
                    if (wanted(frame))
                    {
                        return frame;
                    }
                }

                signal.Wait(100_000);
            }

            throw new AssertFailedException("the frame did not come within 5 s");
        }

        public override bool Deliver(byte[] frame, int offset, int length)
        {
            _frames.Enqueue(frame[offset..(offset + length)]);
            return true;
        }

        public override void SetReset(bool asserted)
        {
        }

        public override void BrownOut()
        {
        }

        protected override void CableChanged()
        {
        }

        protected override long EarliestEvent() => Never;

        protected override bool HandleEvent() => false;

        protected override bool IsSpiMode(int mode) => true;

        protected override void FrameBegins()
        {
        }

        protected override int ByteBegins() => 0;

        protected override void ByteEnds(int mosi)
        {
        }

        protected override void FrameEnds()
        {
        }

        protected override int ExchangeRun(byte[] mosi, byte[] miso, int start, int most) => 0;

        protected override string Describe(int a, int b, int c) => string.Empty;
    }
}
