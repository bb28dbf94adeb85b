namespace EmbeddedTcp.Http;

/// <content>The head's grammar (RFC 9112 §2–§5), one byte at a time.</content>
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

    private const string HostName = "host";

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
