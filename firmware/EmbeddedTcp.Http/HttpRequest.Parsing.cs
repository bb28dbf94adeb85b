namespace EmbeddedTcp.Http;

/// <content>The head's grammar (RFC 9112 §2–§5), one byte at a time, as the bytes arrive.</content>
public sealed partial class HttpRequest
{
    private const int InMethod = 0;
    private const int InTarget = 1;
    private const int InVersion = 2;
    private const int AtLine = 3;
    private const int InName = 4;
    private const int InValue = 5;
    private const int AtLineFeed = 6;
    private const int AtLastLineFeed = 7;

    private readonly byte[] _name = new byte[HttpFields.MaxName];
    private int _state;
    private int _nameLength;
    private int _field; // Which one the value belongs to, −1 when nobody wants it.
    private int _fieldCount;
    private int _keptLength; // Bytes of values that are complete.
    private int _valueLength; // Behind them, the value that is being read.

    /// <summary>True once the head is complete or cannot be understood.</summary>
    internal bool Done { get; private set; }

    /// <summary>What to answer when <see cref="Done"/>: <see cref="HttpStatus.Ok"/> or the error.</summary>
    internal int Status { get; private set; }

    /// <summary>Bytes of the head that were taken.</summary>
    internal int Length { get; private set; }

    /// <summary>Takes the next bytes, up to the end of the head or the first error.</summary>
    /// <returns>How many were taken.</returns>
    internal int Feed(byte[] buffer, int count)
    {
        int room = _options.HeadBytes - Length;
        int end = count < room ? count : room;
        int at = 0;
        while (at < end && !Done)
        {
            // The values nobody wants are most of a head.
            if (_state == InValue && _field < 0)
            {
                while (at < end && (buffer[at] >= ' ' || buffer[at] == '\t') && buffer[at] != 0x7F)
                {
                    at++;
                }

                if (at == end)
                {
                    break;
                }
            }

            Take(buffer[at++]);
        }

        Length += at;
        if (!Done && at < count)
        {
            Fail(HttpStatus.HeaderFieldsTooLarge);
        }

        return at;
    }

    private void ClearHead()
    {
        Done = false;
        Status = HttpStatus.Ok;
        Length = 0;
        _state = InMethod;
        _fieldCount = 0;
        _keptLength = 0;
        ClearFraming();
    }

    private void Fail(int status)
    {
        if (!Done)
        {
            Done = true;
            Status = status;
        }
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
                Complete();
                break;
        }
    }

    private void TakeMethod(int c)
    {
        if (c == ' ' && _methodLength != 0)
        {
            int method = HttpMethods.Find(_method, _methodLength);
            IsHead = method == HttpMethods.Head;
            Method = IsHead ? HttpMethods.Get : method;
            _state = InTarget;
        }
        else if ((c == '\r' || c == '\n') && _methodLength == 0)
        {
            // RFC 9112 §2.2: empty lines before the request line are ignored.
        }
        else if (!HttpText.IsToken(c))
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
            _state = InVersion;
        }
        else if (c <= ' ' || c >= 0x7F || c == '#')
        {
            Fail(HttpStatus.BadRequest); // The end of the line too: that would be HTTP/0.9.
        }
        else if (_targetLength == _target.Length)
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
            _state = c == '\r' ? AtLineFeed : AtLine;
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
        if (_versionLength != 8 || !HttpText.Is(v, 0, 5, "HTTP/") || !HttpText.IsDigit(v[5]) || v[6] != '.' || !HttpText.IsDigit(v[7]))
        {
            v[7] = (byte)'0';
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
        else if (++_fieldCount > _options.HeaderFields)
        {
            Fail(HttpStatus.HeaderFieldsTooLarge);
        }
        else
        {
            // A line that starts with a space continues the one before in a way that is obsolete and refused (RFC 9112 §5.2).
            _nameLength = 0;
            _state = InName;
            TakeName(c);
        }
    }

    private void TakeName(int c)
    {
        if (c == ':' && _nameLength != 0)
        {
            _field = _nameLength > _name.Length ? -1 : _fields.Find(_name, _nameLength);
            _valueLength = 0;
            _state = InValue;
        }
        else if (!HttpText.IsToken(c))
        {
            Fail(HttpStatus.BadRequest); // A space before the colon too: RFC 9112 §5.1 demands 400 for it.
        }
        else
        {
            if (_nameLength < _name.Length)
            {
                _name[_nameLength] = (byte)HttpText.Lower(c);
            }

            _nameLength++;
        }
    }

    private void TakeValue(int c)
    {
        if (c == '\r' || c == '\n')
        {
            _state = c == '\r' ? AtLineFeed : AtLine;
            if (_field >= 0)
            {
                EndValue();
            }
        }
        else if ((c < ' ' && c != '\t') || c == 0x7F)
        {
            Fail(HttpStatus.BadRequest);
        }
        else if (_field >= 0 && (_valueLength != 0 || (c != ' ' && c != '\t')))
        {
            if (_keptLength + _valueLength == _kept.Length)
            {
                Fail(HttpStatus.HeaderFieldsTooLarge);
            }
            else
            {
                _kept[_keptLength + _valueLength++] = (byte)c;
            }
        }
    }

    // A CR that is not part of the line's end makes the message invalid (RFC 9112 §2.2).
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
}
