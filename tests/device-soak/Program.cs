using System;
using EmbeddedTcp.App;
using EmbeddedTcp.Boards;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.DeviceSoak;

/// <summary>
/// The whole firmware of one board, with the modelled chip in place of the SPI device, serves echo for ten thousand full segments in
/// one run. It fails when the managed heap grew on the way, or when one byte came back wrong.
/// </summary>
public static class Program
{
    private const int Segments = 10000;
    private const int WarmUp = 500;
    private const int Report = 2000;
    private const int TurnsPerEcho = 20;

    // A frame at 100 Mbit/s takes 123 us; this is what passes on the wire between two turns.
    private const long WireNanoseconds = 130000;

    private static long s_now = 1000;

    /// <summary>Runs it.</summary>
    public static void Main()
    {
        Heap.Taken();
        Esp32Board board = Board.Create();
        string mistake = board.Check();
        if (mistake != null)
        {
            throw new Exception("Board.cs: " + mistake);
        }

        W5500Model chip = new W5500Model { ClockHz = board.SpiClock };
        TimedBus bus = new TimedBus(new ModelSpiBus(chip));
        byte[] mac = new byte[] { 2, 0, 0, 0, 0, 2 };
        EchoPeer peer = new EchoPeer(chip, mac, board.Stack.Address, board.Stack.Address + 1);
        int before = Heap.Taken();
        ScriptedTerminal terminal = new ScriptedTerminal(board.Stack);
        Firmware firmware = new Firmware(board, bus, mac, new byte[16], terminal, new Silence());
        terminal.Shell = firmware.Application.Shell;
        firmware.Loop.Add(terminal);
        Turn(firmware, chip, 0);
        int taken = Heap.Taken() - before;
        if (!firmware.Loop.Opened)
        {
            throw new Exception("the chip did not open: " + firmware.Net.Error);
        }

        Print("heap taken by the firmware", taken, "bytes");
        Print("fixed buffers in it: stack", firmware.Net.Memory.Total, "bytes");
        Print("fixed buffers in it: application", firmware.Application.MemoryBytes, "bytes");
        Connect(firmware, chip, peer);
        Converse(firmware, chip, terminal);
        Echo(firmware, chip, peer, bus);
    }

    private static void Connect(Firmware firmware, W5500Model chip, EchoPeer peer)
    {
        // The PHY takes its time to find a partner.
        chip.Spend(4000000000);
        s_now += 4000;
        Turn(firmware, chip, WireNanoseconds);
        peer.SendSyn();
        for (int i = 0; i < TurnsPerEcho; i++)
        {
            Turn(firmware, chip, WireNanoseconds);
            peer.AnswerArp();
            if (peer.TakeSynAck())
            {
                Turn(firmware, chip, WireNanoseconds);
                return;
            }
        }

        throw new Exception("no answer to the SYN; frames from the board: " + peer.Frames.ToString());
    }

    // Every command that says something about the board, as a person at the serial terminal would have it.
    private static void Converse(Firmware firmware, W5500Model chip, ScriptedTerminal terminal)
    {
        terminal.Type("help\rhelp set\rifconfig\rarp\rnetstat\rnetstat -s\rnetstat --json\rtcp 0\rtcp 0 --json\rstats -a\rchip\rmem\r"
            + "set 0 ttl 64\rping 10.77.0.9 1\rlisten 99\r~.\ruptime\r");
        for (int i = 0; i < 9000; i++)
        {
            Turn(firmware, chip, 0);
        }

        if (terminal.Untyped != 0 || terminal.Lost != 0 || firmware.Application.Shell.LinesRefused != 0 || firmware.Loop.Faults != 0)
        {
            throw new Exception("the console did not take its script");
        }
    }

    private static void Echo(Firmware firmware, W5500Model chip, EchoPeer peer, TimedBus bus)
    {
        int takenWarm = 0;
        long firmwareTicks = 0;
        long start = 0;
        long framesAtStart = 0;
        int most = 0;
        long allocated = 0;
        for (int i = 0; i < WarmUp + Segments; i++)
        {
            if (i == WarmUp)
            {
                takenWarm = Heap.Taken();
                Print("heap taken after " + WarmUp.ToString() + " segments", takenWarm, "bytes more than at the start");
                bus.Ticks = 0;
                bus.Transfers = 0;
                bus.Bytes = 0;
                firmwareTicks = 0;
                framesAtStart = peer.Frames;
                start = DateTime.UtcNow.Ticks;
            }

            long allocatedBefore = Heap.Allocated();
            peer.SendText();
            bool echoed = false;
            for (int turn = 0; turn < TurnsPerEcho && !echoed; turn++)
            {
                chip.Spend(WireNanoseconds);
                long began = DateTime.UtcNow.Ticks;
                firmware.Turn(s_now++);
                firmwareTicks += DateTime.UtcNow.Ticks - began;
                chip.Spend(WireNanoseconds);
                echoed = peer.TakeEcho(i % 100 == 0);
            }

            allocated += i < WarmUp ? 0 : Heap.Allocated() - allocatedBefore;
            if (!echoed)
            {
                throw new Exception("segment " + i.ToString() + ": " + (peer.Complaint == null ? "no echo" : peer.Complaint));
            }

            if (i >= WarmUp && (i - WarmUp + 1) % Report == 0)
            {
                long paused = DateTime.UtcNow.Ticks;
                int taken = Heap.Taken() - takenWarm;
                most = Heap.IsExact && taken > most ? taken : most;
                if (Heap.IsExact)
                {
                    Print("heap growth after " + (i - WarmUp + 1).ToString() + " segments", taken, "bytes");
                }

                start += DateTime.UtcNow.Ticks - paused;
            }
        }

        long all = DateTime.UtcNow.Ticks - start;
        PrintShare("in all, chip and peer included", all);
        PrintShare("firmware and chip", firmwareTicks);
        PrintShare("the chip's share of it", bus.Ticks);
        PrintShare("the firmware alone", firmwareTicks - bus.Ticks);
        PrintShare("checksums in that, one in and one out", 2 * ChecksumTicks());
        Print("SPI transfers per echo, times 100", (int)(bus.Transfers * 100L / Segments), "");
        Print("SPI bytes per echo", (int)(bus.Bytes / Segments), "");
        Print("frames from the board", (int)(peer.Frames - framesAtStart), "");
        if (Heap.IsExact)
        {
            Print("heap free", Heap.Free(), "bytes");
        }
        else
        {
            Print("bytes allocated on the way", (int)allocated, "");
        }

        Print("retransmissions", (int)firmware.Net.Counters.Retransmissions, "");
        Print("faults in the loop", firmware.Loop.Faults, "");
        if (chip.Violations != 0 || firmware.Loop.Faults != 0 || firmware.Net.Device.ReceiveErrors + firmware.Net.Device.SendErrors != 0)
        {
            throw new Exception("the firmware was not clean: " + chip.FirstViolation);
        }

        if (most > 0 || allocated > 0)
        {
            throw new Exception("the heap grew by " + most.ToString() + " bytes in " + Segments.ToString() + " segments; allocated "
                + allocated.ToString());
        }

        Console.WriteLine("passed: " + Segments.ToString() + " full segments echoed, heap as before");
    }

    // As many as one way takes.
    private static long ChecksumTicks()
    {
        byte[] text = new byte[EchoPeer.Full];
        long start = DateTime.UtcNow.Ticks;
        for (int i = 0; i < Segments; i++)
        {
            Checksum.Sum(text, 0, EchoPeer.Full);
        }

        return DateTime.UtcNow.Ticks - start;
    }

    private static void Turn(Firmware firmware, W5500Model chip, long nanoseconds)
    {
        chip.Spend(nanoseconds);
        firmware.Turn(s_now++);
        chip.Spend(nanoseconds);
    }

    private static void PrintShare(string what, long ticks)
    {
        long nanoseconds = ticks * 100 / Segments;
        string fraction = (nanoseconds % 1000 / 10).ToString();
        Console.WriteLine(what + ": " + (nanoseconds / 1000).ToString() + (fraction.Length < 2 ? ".0" : ".") + fraction
            + " us per echoed segment");
    }

    private static void Print(string what, int number, string unit)
    {
        Console.WriteLine(what + ": " + number.ToString() + " " + unit);
    }

    private sealed class Silence : TextOutput
    {
        public override void Write(string text)
        {
        }
    }
}
