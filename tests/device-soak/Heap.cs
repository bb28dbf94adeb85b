using System;

namespace EmbeddedTcp.DeviceSoak;

/// <summary>The managed heap, on either runtime.</summary>
public static class Heap
{
    /// <summary>True where <see cref="Taken"/> is exact to the byte.</summary>
    public static bool IsExact
    {
        get
        {
#if NANOFRAMEWORK_1_0
            return true;
#else
            return false;
#endif
        }
    }

    /// <summary>Bytes that are taken, as far as it can be told: on the device counted down from the first call.</summary>
    public static int Taken()
    {
#if NANOFRAMEWORK_1_0
        int free = (int)nanoFramework.Runtime.Native.GC.Run(true);
        if (s_free == 0)
        {
            s_free = free;
        }

        return s_free - free;
#else
        return (int)GC.GetTotalMemory(true);
#endif
    }

    /// <summary>Bytes that are free after a compaction; −1 where the heap has no fixed size.</summary>
    public static int Free()
    {
#if NANOFRAMEWORK_1_0
        return (int)nanoFramework.Runtime.Native.GC.Run(true);
#else
        return -1;
#endif
    }

    /// <summary>Bytes ever allocated by this thread, garbage included; −1 on the device, which does not count them.</summary>
    public static long Allocated()
    {
#if NANOFRAMEWORK_1_0
        return -1;
#else
        return GC.GetAllocatedBytesForCurrentThread();
#endif
    }

#if NANOFRAMEWORK_1_0
    private static int s_free;
#endif
}
