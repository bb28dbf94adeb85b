using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace EmbeddedTcp.VirtualBoard.Wires.Tap;

/// <summary>A <c>struct ifreq</c>: an interface's name, then sixteen to twenty-four bytes whose meaning the request decides.</summary>
internal sealed unsafe class InterfaceRequest
{
    private const int Size = 40;
    private const int NameSize = 16;

    private readonly byte[] _bytes = new byte[Size];

    public InterfaceRequest(string name)
    {
        Encoding.ASCII.GetBytes(name, _bytes);
    }

    /// <summary>The flags of TUNSETIFF and SIOCxIFFLAGS.</summary>
    public short Flags
    {
        get => MemoryMarshal.Read<short>(_bytes.AsSpan(NameSize));
        set => MemoryMarshal.Write(_bytes.AsSpan(NameSize), in value);
    }

    /// <summary>Fills in a <c>struct sockaddr_in</c>.</summary>
    /// <param name="address">IPv4 address, most significant octet first.</param>
    public void SetAddress(uint address)
    {
        Span<byte> socketAddress = _bytes.AsSpan(NameSize);
        socketAddress.Clear();
        short family = LibC.AddressFamilyInet;
        MemoryMarshal.Write(socketAddress, in family);
        BinaryPrimitives.WriteUInt32BigEndian(socketAddress[4..], address);
    }

    /// <summary>Issues the request.</summary>
    /// <returns>0, or the error number.</returns>
    public int Issue(int descriptor, nuint request)
    {
        fixed (byte* argument = _bytes)
        {
            return LibC.Ioctl(descriptor, request, argument) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }
}
