namespace EmbeddedTcp.Wire;

/// <summary>
/// Network byte order in and out of byte arrays. The per-segment path spells these loads out inline, since a call costs
/// more than the load on the nano CLR; everything else uses them.
/// </summary>
public static class BigEndian
{
    /// <summary>Two bytes at <paramref name="offset"/>, 0 to 65,535.</summary>
    public static int ReadUInt16(byte[] buffer, int offset)
    {
        return (buffer[offset] << 8) | buffer[offset + 1];
    }

    /// <summary>Four bytes at <paramref name="offset"/> as a bit pattern; sequence numbers are kept this way.</summary>
    public static int ReadInt32(byte[] buffer, int offset)
    {
        return (buffer[offset] << 24) | (buffer[offset + 1] << 16) | (buffer[offset + 2] << 8) | buffer[offset + 3];
    }

    /// <summary>Stores the low 16 bits of <paramref name="value"/>.</summary>
    public static void WriteUInt16(byte[] buffer, int offset, int value)
    {
        buffer[offset] = (byte)(value >> 8);
        buffer[offset + 1] = (byte)value;
    }

    /// <summary>Stores all 32 bits of <paramref name="value"/>.</summary>
    public static void WriteInt32(byte[] buffer, int offset, int value)
    {
        buffer[offset] = (byte)(value >> 24);
        buffer[offset + 1] = (byte)(value >> 16);
        buffer[offset + 2] = (byte)(value >> 8);
        buffer[offset + 3] = (byte)value;
    }
}
