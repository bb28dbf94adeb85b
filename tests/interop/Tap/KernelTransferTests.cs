using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Tasks;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Tap;

/// <summary>
/// Linux and the board send each other a block at the same time, over a wire that loses 10 % of the frames, duplicates 5 % and
/// reorders 5 %, with each in either role and the options of both on and off. INTEROP_MEBIBYTES=10 makes it the soak of the README.
/// </summary>
[TestClass]
public sealed class KernelTransferTests
{
    private const int Port = 4711;

    // Above the kernel's delayed acknowledgments (40 ms) and what the wire holds back (20 ms).
    private const int ShortRto = 70;

    private static readonly FaultSettings s_bad = new() { Loss = 0.10, Duplicate = 0.05, Reorder = 0.05, Seed = 5 };
    private static readonly TcpOffer s_none = new();
    private static readonly TcpOffer s_all = new() { Sack = true, Timestamps = true, WindowScale = true, Ecn = true };

    public required TestContext TestContext { get; init; }

    private static int Size => Environment.GetEnvironmentVariable("INTEROP_MEBIBYTES") is { } many ? int.Parse(many) << 20 : 256 << 10;

    public static IEnumerable<object[]> Offers
    {
        get
        {
            yield return [s_all, s_all];
            yield return [s_none, s_none];
            yield return [s_all, s_none];
            yield return [s_none, s_all];
            yield return [s_all with { Sack = false }, s_all];
            yield return [s_all with { Timestamps = false }, s_all];
            yield return [s_all with { WindowScale = false }, s_all];
            yield return [s_all with { Ecn = false }, s_all];
            yield return [s_all, s_none with { Sack = true }];
        }
    }

    public static string NameOf(System.Reflection.MethodInfo method, object[] row)
    {
        return $"{method.Name}: the kernel with {row[0]}, the board with {row[1]}";
    }

    [TestMethod]
    [DynamicData(nameof(Offers), DynamicDataDisplayName = nameof(NameOf))]
    public void Board_serves_both_ways_at_once(object kernel, object board)
    {
        Transfer((TcpOffer)kernel, (TcpOffer)board, (lab, courier) => lab.Connect(Port));
    }

    [TestMethod]
    [DynamicData(nameof(Offers), DynamicDataDisplayName = nameof(NameOf))]
    public void Board_calls_and_both_send_at_once(object kernel, object board)
    {
        Transfer((TcpOffer)kernel, (TcpOffer)board, (lab, courier) =>
        {
            using Socket listener = lab.Listen(Port);
            Assert.IsTrue(lab.Running.Ask(_ => courier.Connect(0x0A4D0001, Port)));
            return new HostSocket(listener.Accept());
        });
    }

    private void Transfer(TcpOffer kernel, TcpOffer board, Func<TapLab, Courier, HostSocket> open)
    {
        byte[] fromBoard = Data.Random(Size, 21);
        byte[] toBoard = Data.Random(Size, 22);
        var courier = new Courier(Port, fromBoard, toBoard.Length);
        var settings = new BoardSettings
        {
            Faults = s_bad,
            // Without SACK a kernel repairs one hole in a round trip or a time-out: a large window, with many holes in it, would keep it backing off.
            ReceiveBufferSize = board.WindowScale && kernel.WindowScale ? 131072 : 32768,
            SendBufferSize = 32768,

            // Both ends are told that this is a short wire, or nearly all of the time would be spent waiting for time-outs.
            Tune = o =>
            {
                o.InitialRto = 200;
                o.MinimumRto = ShortRto;
                board.Apply(o);
            },
        };
        using TapLab lab = TapLab.Start(TestContext, settings, courier);
        kernel.Apply(lab.Network);
        lab.Network.Exec("ip", "route", "replace", "10.77.0.0/24", "dev", TapLab.Interface, "src", TapLab.HostAddress, "rto_min", $"{ShortRto}ms").Succeeded();

        int limit = 60_000 + (Size >> 4);
        long start = Stopwatch.GetTimestamp();
        using HostSocket host = open(lab, courier);
        host.Socket.ReceiveTimeout = limit;
        host.Socket.SendTimeout = limit;
        Task send = Task.Factory.StartNew(() =>
        {
            host.Send(toBoard);
            host.Finish();
        }, TaskCreationOptions.LongRunning);
        byte[] arrived = host.ReadToEnd();
        Assert.IsTrue(send.Wait(limit), "the kernel's half does not end");
        Assert.IsTrue(fromBoard.AsSpan().SequenceEqual(arrived), $"{arrived.Length} of {fromBoard.Length} bytes came from the board");
        lab.Running.WaitUntil(_ => courier.Done, "the board has seen the end", limit / 1000);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        Assert.IsTrue(lab.Running.Ask(_ => courier.SawEnd && courier.Incoming.SequenceEqual(toBoard)), $"{courier.Received} of {toBoard.Length} bytes came to the board");

        // RFC 3168 §6.1.1.1: who gets no answer to a SYN that asks for ECN tries again without.
        int agreed = kernel.With(board);
        Assert.IsTrue(courier.Features == agreed || courier.Features == (agreed & ~TcpFeatures.Ecn), $"agreed on {courier.Features} instead of {agreed}");
        Assert.IsTrue(courier.EndReason is TcpEndReason.None or TcpEndReason.Closed, courier.EndReason.ToString());
        lab.Running.Ask(b =>
        {
            StackCounters counters = b.Net.Counters;
            TestContext.WriteLine($"{Size >> 10} KiB each way in {seconds:F1} s; {b.Wire.FromBoard.Lost + b.Wire.ToBoard.Lost} of "
                + $"{b.Wire.FromBoard.Offered + b.Wire.ToBoard.Offered} frames lost; the board sent {counters.Retransmissions} segments again, "
                + $"{counters.RetransmissionTimeouts} time-outs, {counters.FastRetransmits} fast retransmits, "
                + $"{counters.SpuriousTimeouts} spurious");
            return true;
        });
        lab.Finish(30);
    }
}
