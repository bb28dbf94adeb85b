using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>A TCP socket of the host's kernel with time limits on everything.</summary>
internal sealed class HostSocket : IDisposable
{
    private const int Milliseconds = 10_000;

    private readonly Socket _socket;

    public HostSocket(Socket socket)
    {
        _socket = socket;
        _socket.ReceiveTimeout = Milliseconds;
        _socket.SendTimeout = Milliseconds;
    }

    public Socket Socket => _socket;

    public static HostSocket Connect(string address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(Milliseconds);
        try
        {
            socket.ConnectAsync(IPAddress.Parse(address), port, limit.Token).AsTask().GetAwaiter().GetResult();
            return new HostSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Send(byte[] data)
    {
        int sent = 0;
        while (sent < data.Length)
        {
            sent += _socket.Send(data, sent, data.Length - sent, SocketFlags.None);
        }
    }

    public void Finish()
    {
        _socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public byte[] Read(int count)
    {
        byte[] data = new byte[count];
        int read = 0;
        while (read < count)
        {
            int n = _socket.Receive(data, read, count - read, SocketFlags.None);
            if (n == 0)
            {
                throw new EndOfStreamException($"end of stream after {read} of {count} bytes");
            }

            read += n;
        }

        return data;
    }

    /// <summary>Reads up to the peer's FIN.</summary>
    public byte[] ReadToEnd()
    {
        var all = new MemoryStream();
        byte[] block = new byte[65536];
        int n;
        while ((n = _socket.Receive(block)) > 0)
        {
            all.Write(block, 0, n);
        }

        return all.ToArray();
    }

    /// <summary>Closes with a RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        _socket.Dispose();
    }
}
