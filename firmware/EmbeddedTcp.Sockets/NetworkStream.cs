using System;
using System.IO;

namespace EmbeddedTcp.Sockets;

/// <summary>
/// A connection as a stream. Reading and writing fail with a <see cref="SocketException"/>, which is an <see cref="IOException"/> and has the
/// same error as its inner exception: so it is caught as on .NET and as on nanoFramework.
/// </summary>
public class NetworkStream : Stream
{
    private readonly Socket _socket;
    private readonly bool _ownsSocket;
    private bool _disposed;

    /// <summary>Makes a stream of a connected socket, which stays the caller's to close.</summary>
    public NetworkStream(Socket socket)
        : this(socket, false)
    {
    }

    /// <summary>Makes a stream of a connected socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="ownsSocket">True: closing the stream closes the socket.</param>
    /// <exception cref="IOException">The socket is not connected.</exception>
    public NetworkStream(Socket socket, bool ownsSocket)
    {
        if (socket == null)
        {
            throw new ArgumentNullException("socket");
        }

        if (!socket.IsStream)
        {
            throw new SocketException(SocketError.NotConnected);
        }

        _socket = socket;
        _ownsSocket = ownsSocket;
    }

    /// <summary>The socket.</summary>
    public Socket Socket
    {
        get { return _socket; }
    }

    /// <inheritdoc />
    public override bool CanRead
    {
        get { return !_disposed; }
    }

    /// <inheritdoc />
    public override bool CanSeek
    {
        get { return false; }
    }

    /// <inheritdoc />
    public override bool CanTimeout
    {
        get { return true; }
    }

    /// <inheritdoc />
    public override bool CanWrite
    {
        get { return !_disposed; }
    }

    /// <summary>True when <see cref="Read(byte[], int, int)"/> would give bytes at once.</summary>
    public virtual bool DataAvailable
    {
        get
        {
            Check();
            return _socket.Available > 0;
        }
    }

    /// <summary>Milliseconds that a read waits, −1 for ever; 0 is refused.</summary>
    public override int ReadTimeout
    {
        get { return _socket.ReceiveTimeout == 0 ? -1 : _socket.ReceiveTimeout; }
        set { _socket.ReceiveTimeout = CheckTimeout(value); }
    }

    /// <summary>Milliseconds that a write waits for room, −1 for ever; 0 is refused.</summary>
    public override int WriteTimeout
    {
        get { return _socket.SendTimeout == 0 ? -1 : _socket.SendTimeout; }
        set { _socket.SendTimeout = CheckTimeout(value); }
    }

    /// <summary>Not supported.</summary>
    public override long Length
    {
        get { throw new NotSupportedException(); }
    }

    /// <summary>Not supported.</summary>
    public override long Position
    {
        get { throw new NotSupportedException(); }
        set { throw new NotSupportedException(); }
    }

    /// <summary>Reads what is there, and waits until something is.</summary>
    /// <returns>How many bytes; 0 at the end of the stream.</returns>
    public override int Read(byte[] buffer, int offset, int count)
    {
        Check();
        try
        {
            return _socket.Receive(buffer, offset, count, SocketFlags.None);
        }
        catch (SocketException e)
        {
            throw new SocketException(e);
        }
    }

    /// <summary>Writes all of it into the send ring, waiting for room as often as needed. What is in the ring is sent without a flush.</summary>
    public override void Write(byte[] buffer, int offset, int count)
    {
        Check();
        try
        {
            _socket.Send(buffer, offset, count, SocketFlags.None);
        }
        catch (SocketException e)
        {
            throw new SocketException(e);
        }
    }

#if NANOFRAMEWORK_2_0
    /// <summary>As the other, by way of an array.</summary>
    public override int Read(Span<byte> buffer)
    {
        byte[] part = new byte[buffer.Length];
        int n = Read(part, 0, part.Length);
        for (int i = 0; i < n; i++)
        {
            buffer[i] = part[i];
        }

        return n;
    }
#elif NANOFRAMEWORK_1_0
    /// <summary>As the other, by way of an array.</summary>
    public override int Read(SpanByte buffer)
    {
        byte[] part = new byte[buffer.Length];
        int n = Read(part, 0, part.Length);
        for (int i = 0; i < n; i++)
        {
            buffer[i] = part[i];
        }

        return n;
    }
#endif

    /// <summary>Does nothing: what was written is on its way.</summary>
    public override void Flush()
    {
    }

    /// <summary>Not supported.</summary>
    public override long Seek(long offset, SeekOrigin origin)
    {
        throw new NotSupportedException();
    }

    /// <summary>Not supported.</summary>
    public override void SetLength(long value)
    {
        throw new NotSupportedException();
    }

    /// <summary>Closes the stream, and bounds what the socket does in the background, as <see cref="Socket.Close(int)"/>.</summary>
    /// <param name="timeout">Milliseconds, 0 to reset the connection, −1 for no other bound.</param>
    public void Close(int timeout)
    {
        if (timeout < -1)
        {
            throw new ArgumentOutOfRangeException("timeout");
        }

        if (_ownsSocket)
        {
            _socket.Close(timeout);
        }

        Close();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            if (disposing && _ownsSocket)
            {
                _socket.Close();
            }
        }

        base.Dispose(disposing);
    }

    private static int CheckTimeout(int milliseconds)
    {
        if (milliseconds == 0 || milliseconds < -1)
        {
            throw new ArgumentOutOfRangeException("value");
        }

        return milliseconds;
    }

    private void Check()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException("NetworkStream");
        }
    }
}
