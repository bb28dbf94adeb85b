using System;
using System.Runtime.InteropServices;
using System.Threading;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard.Wires.Tap;

/// <summary>
/// A TAP interface of Linux as the far end of the wire: the kernel's own network stack is the board's neighbour.
/// </summary>
/// <remarks>
/// An interface that does not exist is created, gets the host's address and disappears again when this is disposed. One
/// that exists (made persistent by its owner) is used with the address it has, and stays.
/// </remarks>
public sealed unsafe class TapDevice : WireEnd
{
    /// <summary>Longest name of an interface, in characters.</summary>
    public const int MaxNameLength = 15;

    private const int BufferSize = 2048;
    private const int StopMilliseconds = 2000;

    private readonly string _name;
    private readonly bool _created;
    private readonly Thread _reader;
    private readonly int _descriptor;
    private readonly int _stopRead;
    private readonly int _stopWrite;
    private int _readErrors;
    private bool _disposed;

    private TapDevice(string name, bool created, int descriptor, int stopRead, int stopWrite)
    {
        _name = name;
        _created = created;
        _descriptor = descriptor;
        _stopRead = stopRead;
        _stopWrite = stopWrite;
        _reader = new Thread(ReadFrames) { IsBackground = true, Name = "tap " + name };
    }

    /// <summary>Frames of the board that the kernel did not take.</summary>
    public int WriteErrors { get; private set; }

    /// <summary>Reads from the interface that failed: it was taken down, for instance.</summary>
    public int ReadErrors => Volatile.Read(ref _readErrors);

    /// <inheritdoc/>
    public override string Description => _created ? $"TAP interface {_name}, created" : $"TAP interface {_name}";

    /// <summary>Opens a TAP interface, creating it if there is none of that name.</summary>
    /// <param name="name">The interface's name, 1 to <see cref="MaxNameLength"/> characters.</param>
    /// <param name="hostAddress">Address of the host on a created interface, most significant octet first.</param>
    /// <param name="prefixLength">Length of its network prefix in bits.</param>
    /// <returns>The open interface.</returns>
    /// <exception cref="WireException">Says in one line what is missing.</exception>
    public static TapDevice Open(string name, uint hostAddress, int prefixLength)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new WireException("a TAP interface needs Linux; --net user works everywhere");
        }

        bool exists = LibC.InterfaceIndex(name) != 0;
        int descriptor = LibC.Open("/dev/net/tun", LibC.ReadWrite | LibC.CloseOnExec);
        if (descriptor < 0)
        {
            throw new WireException(Explain(name, exists, Marshal.GetLastPInvokeError(), "cannot open /dev/net/tun"));
        }

        int stopRead = -1;
        int stopWrite = -1;
        try
        {
            var request = new InterfaceRequest(name) { Flags = LibC.TapMode | LibC.NoPacketInformation };
            Check(request.Issue(descriptor, LibC.TunSetInterface), name, exists, "cannot attach");
            Configure(name, exists, hostAddress, prefixLength);

            int* pipe = stackalloc int[2];
            Check(LibC.Pipe(pipe) < 0 ? Marshal.GetLastPInvokeError() : 0, name, exists, "cannot make a pipe");
            stopRead = pipe[0];
            stopWrite = pipe[1];

            var tap = new TapDevice(name, !exists, descriptor, stopRead, stopWrite);
            tap._reader.Start();
            return tap;
        }
        catch
        {
            CloseAll(descriptor, stopRead, stopWrite);
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Receive(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            if (LibC.Write(_descriptor, bytes, (nuint)frame.Length) != frame.Length)
            {
                WriteErrors++;
            }
        }
    }

    /// <summary>Ends the reading thread and closes the interface; one that was created disappears.</summary>
    public override void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        byte stop = 0;
        _ = LibC.Write(_stopWrite, &stop, 1);
        _reader.Join(StopMilliseconds);
        CloseAll(_descriptor, _stopRead, _stopWrite);
        base.Dispose();
    }

    private static void Configure(string name, bool exists, uint hostAddress, int prefixLength)
    {
        int socket = LibC.Socket(LibC.AddressFamilyInet, LibC.SocketDatagram | LibC.CloseOnExec, 0);
        Check(socket < 0 ? Marshal.GetLastPInvokeError() : 0, name, exists, "cannot open a socket");
        try
        {
            var request = new InterfaceRequest(name);
            if (!exists)
            {
                request.SetAddress(hostAddress);
                Check(request.Issue(socket, LibC.SetInterfaceAddress), name, exists, "cannot set the address");
                request.SetAddress(uint.MaxValue << (32 - prefixLength));
                Check(request.Issue(socket, LibC.SetInterfaceNetmask), name, exists, "cannot set the netmask");
            }

            request = new InterfaceRequest(name);
            Check(request.Issue(socket, LibC.GetInterfaceFlags), name, exists, "cannot read the flags");
            if ((request.Flags & LibC.InterfaceUp) == 0)
            {
                request.Flags |= LibC.InterfaceUp;
                Check(request.Issue(socket, LibC.SetInterfaceFlags), name, exists, "cannot bring it up");
            }
        }
        finally
        {
            _ = LibC.Close(socket);
        }
    }

    private static void Check(int error, string name, bool exists, string what)
    {
        if (error != 0)
        {
            throw new WireException(Explain(name, exists, error, what));
        }
    }

    private static string Explain(string name, bool exists, int error, string what)
    {
        return error switch
        {
            LibC.NotPermitted or LibC.AccessDenied => exists
                ? $"TAP interface {name}: not permitted; it belongs to somebody else, or this takes root or CAP_NET_ADMIN"
                : $"TAP interface {name} does not exist, and creating it takes root or CAP_NET_ADMIN (try sudo, or --net user)",
            LibC.NoEntry or LibC.NoDevice => "this system has no /dev/net/tun (load the tun module, or use --net user)",
            LibC.Busy => $"TAP interface {name} is in use by another program",
            LibC.InvalidArgument when exists => $"{name} exists but is no TAP interface",
            _ => $"TAP interface {name}: {what}: {Marshal.GetPInvokeErrorMessage(error)}",
        };
    }

    private static void CloseAll(params ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            if (descriptor >= 0)
            {
                _ = LibC.Close(descriptor);
            }
        }
    }

    // Linux writes a TCP checksum of 0 as FFFF when it fills it in for a device without checksum offload. The two are one
    // number in one's complement, and FFFF is what only UDP needs (RFC 768); but tools report it as a bad checksum.
    private static void RespellZeroChecksum(Span<byte> frame)
    {
        const int ip = EthernetHeader.Length;
        if (frame.Length < ip + Ipv4Header.MinLength || frame[12] != 0x08 || frame[13] != 0x00 || frame[ip + Ipv4Header.Protocol] != Ipv4Header.ProtocolTcp)
        {
            return;
        }

        int checksum = ip + ((frame[ip] & 15) * 4) + TcpHeader.Checksum;
        if (checksum + 2 <= frame.Length && frame[checksum] == 0xFF && frame[checksum + 1] == 0xFF)
        {
            frame.Slice(checksum, 2).Clear();
        }
    }

    private void ReadFrames()
    {
        byte* buffer = stackalloc byte[BufferSize];
        LibC.PollDescriptor* waiting = stackalloc LibC.PollDescriptor[2];
        waiting[0] = new LibC.PollDescriptor { Descriptor = _descriptor, Events = LibC.PollIn };
        waiting[1] = new LibC.PollDescriptor { Descriptor = _stopRead, Events = LibC.PollIn };

        while (true)
        {
            if (LibC.Poll(waiting, 2, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == LibC.Interrupted)
                {
                    continue;
                }

                return;
            }

            if (waiting[1].Returned != 0)
            {
                return;
            }

            if (waiting[0].Returned == 0)
            {
                continue;
            }

            nint length = LibC.Read(_descriptor, buffer, BufferSize);
            if (length > 0)
            {
                var frame = new Span<byte>(buffer, (int)length);
                RespellZeroChecksum(frame);
                Wire?.Arrive(frame);
            }
            else if (Marshal.GetLastPInvokeError() is not (LibC.Interrupted or LibC.TryAgain))
            {
                // The interface is down or gone, which poll reports again and again: look once in a while only.
                Interlocked.Increment(ref _readErrors);
                if (LibC.Poll(waiting + 1, 1, 1000) > 0)
                {
                    return;
                }
            }
        }
    }
}
