using System;
using EmbeddedTcp.DeviceSoak;

namespace EmbeddedTcp.DeviceBench;

/// <summary>What the data path leaves to the garbage collector.</summary>
public static class Garbage
{
    /// <summary>Receives, sends and answers so many segments and tells what that allocated.</summary>
    public static string Of(Bench bench, int count)
    {
        // The first turns make the frames of the script.
        Work(bench, 64);
#if NANOFRAMEWORK_1_0
        // The device counts no allocations. But with little heap left, a collection would have to come (frames of calls live there too), and it would take an object with it
        // that only a weak reference knows. The smallest object has 12 bytes: if none came, less than one segment in five left one.
        const int Left = 16384;
        byte[][] fill = new byte[2048][];
        int free = Heap.Free();
        int chunk = 32768;
        int filled = 0;
        while (filled < fill.Length && chunk >= 8192)
        {
            if (chunk > free - Left)
            {
                chunk >>= 1;
                continue;
            }

            try
            {
                fill[filled++] = new byte[chunk];
                free = Heap.Free();
            }
            catch (OutOfMemoryException)
            {
                // Enough in all, but not in one piece.
                chunk >>= 1;
            }
        }

        WeakReference canary = Canary();
        Work(bench, count);
        bool alive = canary.IsAlive;
        return alive && fill[0] != null ? "none, " + free.ToString() + " bytes of heap were left and no collection came" : "a collection came";
#else
        long before = Heap.Allocated();
        Work(bench, count);
        return (Heap.Allocated() - before).ToString() + " bytes";
#endif
    }

    private static void Work(Bench bench, int count)
    {
        bench.Receive(count, 1460, false);
        bench.Send(count);
        bench.Receive(count, 64, true);
    }

#if NANOFRAMEWORK_1_0
    // In a method of its own, so that no local keeps the object alive.
    private static WeakReference Canary()
    {
        return new WeakReference(new byte[8]);
    }
#endif
}
