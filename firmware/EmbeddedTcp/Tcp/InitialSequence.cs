namespace EmbeddedTcp.Tcp;

/// <summary>
/// Initial sequence numbers (RFC 9293 §3.4.1): ISN = M + F(local address, local port, remote address, remote port, secret), where M
/// ticks every 4 µs and F is SipHash-2-4 keyed with the boot secret. Ephemeral ports by RFC 6056 §3.3.3 use the same function.
/// </summary>
internal sealed class InitialSequence
{
    private readonly ulong _key0;
    private readonly ulong _key1;
    private ulong _v0;
    private ulong _v1;
    private ulong _v2;
    private ulong _v3;

    internal InitialSequence(byte[] secret)
    {
        _key0 = LittleEndian64(secret, 0);
        _key1 = LittleEndian64(secret, 8);
    }

    /// <summary>The number to open a connection with.</summary>
    internal int Next(int localAddress, int localPort, int remoteAddress, int remotePort, long nowMs)
    {
        return (int)(nowMs * 250) + Hash(localAddress, remoteAddress, (localPort << 16) | remotePort, 0);
    }

    /// <summary>SipHash-2-4 of four 32-bit words, its low 32 bits.</summary>
    internal int Hash(int a, int b, int c, int d)
    {
        _v0 = _key0 ^ 0x736f6d6570736575UL;
        _v1 = _key1 ^ 0x646f72616e646f6dUL;
        _v2 = _key0 ^ 0x6c7967656e657261UL;
        _v3 = _key1 ^ 0x7465646279746573UL;
        Absorb((uint)a | ((ulong)(uint)b << 32));
        Absorb((uint)c | ((ulong)(uint)d << 32));
        Absorb(16UL << 56);
        _v2 ^= 0xFF;
        Round();
        Round();
        Round();
        Round();
        return (int)(_v0 ^ _v1 ^ _v2 ^ _v3);
    }

    private static ulong LittleEndian64(byte[] bytes, int offset)
    {
        ulong value = 0;
        for (int i = 7; i >= 0; i--)
        {
            value = (value << 8) | bytes[offset + i];
        }

        return value;
    }

    private void Absorb(ulong word)
    {
        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    private void Round()
    {
        _v0 += _v1;
        _v1 = ((_v1 << 13) | (_v1 >> 51)) ^ _v0;
        _v0 = (_v0 << 32) | (_v0 >> 32);
        _v2 += _v3;
        _v3 = ((_v3 << 16) | (_v3 >> 48)) ^ _v2;
        _v0 += _v3;
        _v3 = ((_v3 << 21) | (_v3 >> 43)) ^ _v0;
        _v2 += _v1;
        _v1 = ((_v1 << 17) | (_v1 >> 47)) ^ _v2;
        _v2 = (_v2 << 32) | (_v2 >> 32);
    }
}
