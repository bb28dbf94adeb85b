using System;
using EmbeddedTcp.DeviceSoak;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.DeviceBench;

/// <summary>Prints the budget table: microseconds per operation, medians of five runs.</summary>
public static class Program
{
    private const int Count = 3200;

    /// <summary>Runs it.</summary>
    public static void Main()
    {
        HeapOfAnInterface();
        Console.WriteLine("operation                        slots   us/op (median of 5, peer's share taken off)");
        Run(1, 4096);
        Run(8, 4096);
        Run(64, 4096);
    }

    private static void Run(int slots, int ring)
    {
        Bench bench = new Bench(slots, ring);
        Print("checksum of 1460 alone", slots, bench, 3);
        Print("receive 1460, ack, read", slots, bench, 0);
        Print("send 1460, acknowledged", slots, bench, 1);
        Print("request and reply of 64", slots, bench, 2);
        Console.WriteLine("fixed buffers: " + bench.FixedMemory.ToString() + " bytes");
        Console.WriteLine("garbage of " + Count.ToString() + " segments each: " + Garbage.Of(bench, Count));
    }

    private static void HeapOfAnInterface()
    {
        Heap.Taken();
        EthernetDevice device = new ScriptedPeer();
        int before = Heap.Taken();
        NetworkInterface net = Bench.NewInterface(device, 4, 4096);
        TcpListener listener = net.Tcp.Listen(7, 4);
        int after = Heap.Taken();
        Console.WriteLine("managed heap of an interface with 4 slots of 4+4 KB, its options and a listener: " + (after - before).ToString() + " bytes");
        listener.Close();
    }

    private static void Print(string name, int slots, Bench bench, int what)
    {
        long[] runs = new long[5];
        for (int i = 0; i < 5; i++)
        {
            long ticks = what == 0 ? bench.Receive(Count, 1460, false)
                : what == 1 ? bench.Send(Count)
                : what == 2 ? bench.Receive(Count, 64, true)
                : bench.ChecksumAlone(Count);
            runs[i] = what == 3 ? ticks : ticks - bench.PeerShare(Count, 0);
        }

        for (int i = 0; i < 5; i++)
        {
            for (int j = i + 1; j < 5; j++)
            {
                if (runs[j] < runs[i])
                {
                    long keep = runs[i];
                    runs[i] = runs[j];
                    runs[j] = keep;
                }
            }
        }

        long nanoseconds = runs[2] * 100 / Count;
        string fraction = (nanoseconds % 1000 / 10).ToString();
        while (name.Length < 32)
        {
            name += " ";
        }

        Console.WriteLine(name + " " + slots.ToString() + "      " + (nanoseconds / 1000).ToString() + "."
            + (fraction.Length < 2 ? "0" : "") + fraction);
    }
}
