using System.IO;

namespace EmbeddedTcp.Sockets;

/// <summary>A verb of a socket failed. It is an <see cref="IOException"/>, so that whoever catches that of a stream catches this.</summary>
public class SocketException : IOException
{
    private readonly SocketError _error;

    /// <summary>Makes an exception.</summary>
    public SocketException(SocketError error)
        : base("socket error " + ((int)error).ToString())
    {
        _error = error;
    }

    /// <summary>Makes an exception of a number of <see cref="SocketError"/>.</summary>
    public SocketException(int errorCode)
        : this((SocketError)errorCode)
    {
    }

    internal SocketException(SocketException inner)
        : base(inner.Message, inner)
    {
        _error = inner._error;
    }

    /// <summary>The error as a number.</summary>
#if NANOFRAMEWORK_1_0
    public new int ErrorCode
#else
    public int ErrorCode
#endif
    {
        get { return (int)_error; }
    }

    /// <summary>The error.</summary>
    public SocketError SocketErrorCode
    {
        get { return _error; }
    }
}
