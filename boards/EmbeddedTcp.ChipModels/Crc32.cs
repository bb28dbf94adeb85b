namespace EmbeddedTcp.ChipModels;

/// <summary>The Ethernet's CRC-32 (IEEE 802.3 3.2.9), as a chip computes it.</summary>
public static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The frame check sequence of a frame; on the wire and in a chip's memory its low byte comes first.</summary>
    /// <param name="bytes">Holds the frame.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">How many.</param>
    /// <returns>The FCS.</returns>
    public static uint Fcs(byte[] bytes, int offset, int count)
    {
        return ~Remainder(bytes, offset, count);
    }

    /// <summary>The remainder before the final complement, its first bit in bit 0.</summary>
    /// <param name="bytes">Holds the bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">How many.</param>
    /// <returns>The reflected remainder.</returns>
    public static uint Remainder(byte[] bytes, int offset, int count)
    {
        uint[] table = Table;
        uint crc = 0xFFFFFFFF;
        for (int end = offset + count; offset < end; offset++)
        {
            crc = (crc >> 8) ^ table[(crc ^ bytes[offset]) & 0xFF];
        }

        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            table[i] = crc;
        }

        return table;
    }
}
