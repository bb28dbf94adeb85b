namespace EmbeddedTcp.App;

/// <summary>
/// The head of one HTTP/1 request (RFC 9112 §2–§5), read byte by byte as it arrives. Only the request line is kept; of the
/// header fields only Host is looked at, and all of them are checked for their form.
/// </summary>
public sealed class HttpRequest
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

    /// <summary>Bytes consumed.</summary>
    public int Length;

    private const int InMethod = 0;
    private const int InTarget = 1;
    private const int InVersion = 2;
    private const int AtLine = 3;
    private const int InName = 4;
    private const int InValue = 5;
    private const int AtLineFeed = 6;
    private const int AtLastLineFeed = 7;

    private const string HostName = "host";

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

    private void Take(int c)
    {
        switch (_state)
        {
            case InMethod:
                TakeMethod(c);
                break;
            case InTarget:
                TakeTarget(c);
                break;
            case InVersion:
                TakeVersion(c);
                break;
            case AtLine:
                TakeLineStart(c);
                break;
            case InName:
                TakeName(c);
                break;
            case InValue:
                TakeValue(c);
                break;
            case AtLineFeed:
                Expect(c == '\n', AtLine);
                break;
            default:
                Expect(c == '\n', AtLastLineFeed);
                if (!Done)
                {
                    Complete();
                }

                break;
        }
    }

    private void TakeMethod(int c)
    {
        if (c == ' ' && _methodLength != 0)
        {
            _state = InTarget;
        }
        else if ((c == '\r' || c == '\n') && _methodLength == 0)
        {
            // RFC 9112 §2.2: empty lines before the request line are ignored.
        }
        else if (!IsToken(c))
        {
            Fail(HttpStatus.BadRequest);
        }
        else if (_methodLength == MaxMethod)
        {
            Fail(HttpStatus.NotImplemented);
        }
        else
        {
            _method[_methodLength++] = (byte)c;
        }
    }

    private void TakeTarget(int c)
    {
        if (c == ' ' && _targetLength != 0)
        {
            IsHead = MethodIs("HEAD");
            _state = InVersion;
        }
        else if (c <= ' ' || c >= 0x7F)
        {
            Fail(HttpStatus.BadRequest); // The end of the line too: that would be HTTP/0.9.
        }
        else if (_targetLength == MaxTarget)
        {
            Fail(HttpStatus.UriTooLong);
        }
        else
        {
            _target[_targetLength++] = (byte)c;
        }
    }

    private void TakeVersion(int c)
    {
        if (c == '\r' || c == '\n')
        {
            CheckVersion();
            if (!Done)
            {
                _state = c == '\r' ? AtLineFeed : AtLine;
            }
        }
        else if (_versionLength == _version.Length)
        {
            Fail(HttpStatus.BadRequest);
        }
        else
        {
            _version[_versionLength++] = (byte)c;
        }
    }

    private void CheckVersion()
    {
        byte[] v = _version;
        if (_versionLength != 8 || v[0] != 'H' || v[1] != 'T' || v[2] != 'T' || v[3] != 'P' || v[4] != '/'
            || !IsDigit(v[5]) || v[6] != '.' || !IsDigit(v[7]))
        {
            Fail(HttpStatus.BadRequest);
        }
        else if (v[5] != '1')
        {
            Fail(HttpStatus.VersionNotSupported);
        }
    }

    private void TakeLineStart(int c)
    {
        if (c == '\r')
        {
            _state = AtLastLineFeed;
        }
        else if (c == '\n')
        {
            Complete();
        }
        else
        {
            // A line that starts with a space continues the one before in a way that is obsolete and refused (RFC 9112 §5.2).
            _nameLength = 0;
            _nameIsHost = true;
            _state = InName;
            TakeName(c);
        }
    }

    private void TakeName(int c)
    {
        if (c == ':' && _nameLength != 0)
        {
            if (_nameIsHost && _nameLength == HostName.Length)
            {
                _hosts++;
            }

            _state = InValue;
        }
        else if (!IsToken(c))
        {
            Fail(HttpStatus.BadRequest); // A space before the colon too: RFC 9112 §5.1 demands 400 for it.
        }
        else
        {
            int lower = c >= 'A' && c <= 'Z' ? c + 32 : c;
            if (_nameLength >= HostName.Length || lower != HostName[_nameLength])
            {
                _nameIsHost = false;
            }

            _nameLength++;
        }
    }

    private void TakeValue(int c)
    {
        if (c == '\r')
        {
            _state = AtLineFeed;
        }
        else if (c == '\n')
        {
            _state = AtLine;
        }
        else if ((c < ' ' && c != '\t') || c == 0x7F)
        {
            Fail(HttpStatus.BadRequest);
        }
    }

    private void Expect(bool met, int next)
    {
        if (met)
        {
            _state = next;
        }
        else
        {
            Fail(HttpStatus.BadRequest);
        }
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

    private static bool IsDigit(int c)
    {
        return c >= '0' && c <= '9';
    }

    // tchar of RFC 9110 §5.6.2.
    private static bool IsToken(int c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c)
            || (c > ' ' && c < 0x7F && "!#$%&'*+-.^_`|~".IndexOf((char)c) >= 0);
    }
}
