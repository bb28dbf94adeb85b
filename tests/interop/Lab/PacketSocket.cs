using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.InteropServices;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>Whole Ethernet frames through an interface of Linux, past its network stack (packet(7)).</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    private const int EveryProtocol = 3;
    private const int AddressLength = 20;

    private readonly int _socket;

    public PacketSocket(NetworkNamespace network, string interfaceName)
    {
        _socket = network.Run(() => Open(interfaceName));
    }

    public void Send(byte[] frame)
    {
        fixed (byte* bytes = frame)
        {
            if (Native.Send(_socket, bytes, (nuint)frame.Length, 0) != frame.Length)
            {
                throw new IOException($"packet socket: error {Marshal.GetLastPInvokeError()}");
            }
        }
    }

    /// <summary>The next frame that the interface sends or receives; null when none does within the time.</summary>
    public byte[]? TryReceive(int milliseconds)
    {
        byte* buffer = stackalloc byte[2048];
        var waiting = new Native.PollDescriptor { Descriptor = _socket, Events = Native.PollIn };
        if (Native.Poll(&waiting, 1, milliseconds) <= 0)
        {
            return null;
        }

        nint length = Native.Receive(_socket, buffer, 2048, 0);
        return length < 14 ? null : new ReadOnlySpan<byte>(buffer, (int)length).ToArray();
    }

    public void Dispose()
    {
        _ = Native.Close(_socket);
    }

    private static int Open(string interfaceName)
    {
        uint index = Native.InterfaceIndex(interfaceName);
        short protocol = BinaryPrimitives.ReverseEndianness((short)EveryProtocol);
        int socket = Native.Socket(Native.FamilyPacket, Native.SocketRaw | Native.CloseOnExec, protocol);

        // struct sockaddr_ll: family, protocol in network order, interface index.
        byte* address = stackalloc byte[AddressLength];
        new Span<byte>(address, AddressLength).Clear();
        *(short*)address = Native.FamilyPacket;
        *(short*)(address + 2) = protocol;
        *(int*)(address + 4) = (int)index;
        if (index == 0 || socket < 0 || Native.Bind(socket, address, AddressLength) < 0)
        {
            throw new IOException($"no packet socket on {interfaceName}: error {Marshal.GetLastPInvokeError()}");
        }

        return socket;
    }
}
