using System;
using System.Collections.Generic;
using System.Text;
using EmbeddedTcp.App;
using EmbeddedTcp.LinuxSpi;
using EmbeddedTcp.LinuxSpi.Model;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.LinuxSpiTests;

/// <summary>The program's station on a model, in virtual time, with a cable whose other end the test holds.</summary>
internal sealed class Bench : IDisposable
{
    private readonly CableEnd _cable = new();
    private long _now = 1000;

    public Bench(ChipKind kind, int? interrupt = 25, int? reset = 24, int limit = 16384, Action<ModelAdapter>? before = null)
    {
        Adapter = new ModelAdapter(kind, _cable, Signal) { Limit = limit };
        before?.Invoke(Adapter);
        var settings = new StationSettings
        {
            Adapter = StationSettings.Model,
            Interrupt = interrupt,
            Reset = reset,
            Board = new BoardSettings { Chip = kind },
        };
        Station = new Station(settings, Adapter, Signal, Output);
    }

    public LoopSignal Signal { get; } = new();

    public Recorder Output { get; } = new();

    public ModelAdapter Adapter { get; }

    public Station Station { get; }

    /// <summary>Frames that the station sent.</summary>
    public Queue<byte[]> Sent => _cable.Frames;

    /// <summary>Puts a frame on the cable.</summary>
    public void Send(byte[] frame)
    {
        Assert.IsTrue(_cable.Wire!.Arrive(frame));
    }

    /// <summary>Turns the loop for so many milliseconds, sleeping as it says; a signal ends a sleep.</summary>
    /// <returns>Turns it took.</returns>
    public int Run(int milliseconds)
    {
        long end = _now + milliseconds;
        int turns = 0;
        while (_now < end)
        {
            int wait = Station.Turn(_now);
            Assert.IsLessThan(100000, ++turns, "the loop never sleeps");
            _now += wait == 0 ? 0 : Math.Min(wait, end - _now);
        }

        return turns;
    }

    /// <summary>An ICMP echo request from 10.77.0.1 with its answer's data, by RFC 792.</summary>
    public static byte[] EchoRequest(int dataLength, byte[] destination)
    {
        byte[] frame = new byte[42 + dataLength];
        destination.CopyTo(frame, 0);
        byte[] header = [2, 0, 0, 0, 0, 99, 8, 0, 0x45, 0, (byte)((28 + dataLength) >> 8), (byte)(28 + dataLength), 0, 1, 0, 0, 64, 1, 0, 0, 10, 77, 0, 1, 10, 77, 0, 2, 8];
        header.CopyTo(frame, 6);
        for (int i = 0; i < dataLength; i++)
        {
            frame[42 + i] = (byte)(i * 7);
        }

        Checksum(frame, 14, 20, 24);
        Checksum(frame, 34, 8 + dataLength, 36);
        return frame;
    }

    /// <summary>A gratuitous ARP reply of 10.77.0.1, so that nobody has to ask for it.</summary>
    public static byte[] ArpAnnouncement(byte[] destination)
    {
        byte[] frame = new byte[42];
        destination.CopyTo(frame, 0);
        byte[] rest = [2, 0, 0, 0, 0, 99, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 99, 10, 77, 0, 1, .. destination, 10, 77, 0, 2];
        rest.CopyTo(frame, 6);
        return frame;
    }

    public void Dispose()
    {
        Station.Dispose();
        Adapter.Dispose();
        Signal.Dispose();
    }

    private static void Checksum(byte[] frame, int start, int count, int place)
    {
        uint sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (uint)frame[start + i] << ((i & 1) == 0 ? 8 : 0);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        frame[place] = (byte)(~sum >> 8);
        frame[place + 1] = (byte)~sum;
    }

    /// <summary>Keeps what is printed.</summary>
    internal sealed class Recorder : TextOutput
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public override void Write(string text)
        {
            _text.Append(text);
        }
    }

    private sealed class CableEnd : WireEnd
    {
        public Queue<byte[]> Frames { get; } = [];

        public override string Description => "the test";

        public override void Receive(ReadOnlySpan<byte> frame)
        {
            Frames.Enqueue(frame.ToArray());
        }
    }
}
