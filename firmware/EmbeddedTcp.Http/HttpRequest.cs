namespace EmbeddedTcp.Http;

/// <summary>
/// The head of one HTTP/1 request (RFC 9112 §2–§5), read byte by byte as it arrives. Only the request line is kept; of the
/// header fields only Host is looked at, and all of them are checked for their form.
/// </summary>
public sealed partial class HttpRequest
{
    /// <summary>Longest request target in bytes; beyond it the answer is 414.</summary>
    public const int MaxTarget = 256;

    /// <summary>Longest head in bytes, request line included; beyond it the answer is 431.</summary>
    public const int MaxHead = 8192;

    /// <summary>Longest method in bytes; beyond it the answer is 501 (RFC 9112 §3).</summary>
    public const int MaxMethod = 16;

    /// <summary>True once the head is complete or cannot be understood.</summary>
    public bool Done;

    /// <summary>What to answer when <see cref="Done"/>: <see cref="HttpStatus.Ok"/> or the error.</summary>
    public int Status;

    /// <summary>True when the method is HEAD: the answer has no body.</summary>
    public bool IsHead;

    /// <summary>True when the client speaks HTTP/1.1 or a later 1.x, and so understands chunks (RFC 9112 §7.1).</summary>
    public bool TakesChunks => _versionLength == 8 && _version[7] != '0';

    /// <summary>Bytes consumed.</summary>
    public int Length;

    private readonly byte[] _method = new byte[MaxMethod];
    private readonly byte[] _target = new byte[MaxTarget];
    private readonly byte[] _version = new byte[8];
    private int _state;
    private int _methodLength;
    private int _targetLength;
    private int _versionLength;
    private int _nameLength;
    private bool _nameIsHost;
    private int _hosts;

    /// <summary>The bytes one request's buffers take.</summary>
    public const int MemoryBytes = MaxMethod + MaxTarget + 8;

    /// <summary>Makes it ready for the next request.</summary>
    public void Clear()
    {
        Done = false;
        Status = HttpStatus.Ok;
        IsHead = false;
        Length = 0;
        _state = InMethod;
        _methodLength = 0;
        _targetLength = 0;
        _versionLength = 0;
        _hosts = 0;
    }

    /// <summary>Takes the next bytes, up to the end of the head or the first error.</summary>
    /// <param name="buffer">Holds them.</param>
    /// <param name="count">How many, from index 0.</param>
    public void Feed(byte[] buffer, int count)
    {
        for (int i = 0; i < count && !Done; i++)
        {
            if (++Length > MaxHead)
            {
                Fail(HttpStatus.HeaderFieldsTooLarge);
                return;
            }

            Take(buffer[i]);
        }
    }

    /// <summary>Compares the path of the request target, without its query, with a page's.</summary>
    public bool PathIs(string path)
    {
        int start = 0;
        if (_target[0] != '/')
        {
            // absolute-form, which every server has to accept (RFC 9112 §3.2.2): the path follows the authority.
            start = "http://".Length;
            while (start < _targetLength && _target[start] != '/' && _target[start] != '?')
            {
                start++;
            }

            if (start == _targetLength || _target[start] == '?')
            {
                return path == "/";
            }
        }

        int end = start;
        while (end < _targetLength && _target[end] != '?')
        {
            end++;
        }

        if (end - start != path.Length)
        {
            return false;
        }

        for (int i = 0; i < path.Length; i++)
        {
            if (_target[start + i] != path[i])
            {
                return false;
            }
        }

        return true;
    }

    private void Complete()
    {
        Done = true;
        if (_hosts > 1 || (_hosts == 0 && _version[7] != '0'))
        {
            Status = HttpStatus.BadRequest; // RFC 9112 §3.2: exactly one Host from HTTP/1.1 on, never two.
        }
        else if (!MethodIs("GET") && !IsHead)
        {
            Status = IsKnownMethod() ? HttpStatus.MethodNotAllowed : HttpStatus.NotImplemented;
        }
        else if (_target[0] != '/' && !TargetIsAbsolute())
        {
            Status = HttpStatus.BadRequest;
        }
    }

    private void Fail(int status)
    {
        Done = true;
        Status = status;
    }

    private bool IsKnownMethod()
    {
        return MethodIs("POST") || MethodIs("PUT") || MethodIs("DELETE") || MethodIs("CONNECT")
            || MethodIs("OPTIONS") || MethodIs("TRACE") || MethodIs("PATCH");
    }

    private bool MethodIs(string name)
    {
        if (_methodLength != name.Length)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            if (_method[i] != name[i])
            {
                return false;
            }
        }

        return true;
    }

    private bool TargetIsAbsolute()
    {
        const string scheme = "http://";
        if (_targetLength <= scheme.Length)
        {
            return false;
        }

        for (int i = 0; i < scheme.Length; i++)
        {
            int lower = _target[i] >= 'A' && _target[i] <= 'Z' ? _target[i] + 32 : _target[i];
            if (lower != scheme[i])
            {
                return false;
            }
        }

        return true;
    }
}
