namespace EmbeddedTcp.Http;

/// <summary>What stands between the data of a body that comes in chunks (RFC 9112 §7.1). Strict: each line ends in CR LF, since whoever reads it otherwise may see another message.</summary>
internal sealed class HttpChunks
{
    // An extension means nothing to us (§7.1.1) and must not become a second body.
    private const int MostExtension = 128;

    private const int AtSize = 0;
    private const int InSize = 1;
    private const int InExtension = 2;
    private const int AtSizeLineFeed = 3;
    private const int AtDataReturn = 4;
    private const int AtDataLineFeed = 5;
    private const int AtTrailer = 6;
    private const int InTrailer = 7;
    private const int AtTrailerLineFeed = 8;
    private const int AtLastLineFeed = 9;

    private int _state;
    private int _size;
    private int _count; // Digits, or bytes of an extension or of the trailer section.

    /// <summary>Bytes of data that come now. Whoever takes them counts down.</summary>
    internal int Data;

    /// <summary>True behind the last chunk and the trailer section.</summary>
    internal bool Done { get; private set; }

    /// <summary>0, or the status of the error.</summary>
    internal int Error { get; private set; }

    internal void Clear()
    {
        _state = AtSize;
        _size = 0;
        _count = 0;
        Data = 0;
        Done = false;
        Error = 0;
    }

    /// <summary>Takes bytes up to the next data, the end or an error.</summary>
    /// <param name="b">Holds them from index 0 on.</param>
    /// <param name="count">How many.</param>
    /// <param name="mostTrailer">Longest trailer section.</param>
    /// <returns>How many were taken.</returns>
    internal int Feed(byte[] b, int count, int mostTrailer)
    {
        int at = 0;
        while (at < count && Data == 0 && !Done && Error == 0)
        {
            Take(b[at++], mostTrailer);
        }

        return at;
    }

    private void Take(int c, int mostTrailer)
    {
        switch (_state)
        {
            case AtSize:
            case InSize:
                TakeSize(c);
                break;
            case InExtension:
                if (c == '\r')
                {
                    _state = AtSizeLineFeed;
                }
                else if (++_count > MostExtension || (c < ' ' && c != '\t') || c == 0x7F)
                {
                    Error = HttpStatus.BadRequest;
                }

                break;
            case AtSizeLineFeed:
                Data = _size;
                Expect(c, '\n', _size == 0 ? AtTrailer : AtDataReturn);
                _count = 0;
                break;
            case AtDataReturn:
                Expect(c, '\r', AtDataLineFeed);
                break;
            case AtDataLineFeed:
                Expect(c, '\n', AtSize);
                _size = 0;
                break;
            case AtTrailerLineFeed:
                Expect(c, '\n', AtTrailer);
                break;
            case AtLastLineFeed:
                Expect(c, '\n', AtLastLineFeed);
                Done = Error == 0;
                break;
            default:
                TakeTrailer(c, mostTrailer);
                break;
        }
    }

    private void TakeSize(int c)
    {
        int digit = HttpText.Hexadecimal(c);
        if (digit >= 0)
        {
            // Seven digits are 256 MB, more than any limit; leading zeros count, so that they cannot go on for ever.
            if (++_count > 7)
            {
                Error = HttpStatus.ContentTooLarge;
            }

            _size = (_size << 4) | digit;
            _state = InSize;
        }
        else if (_state == InSize && (c == '\r' || c == ';' || c == ' ' || c == '\t'))
        {
            _state = c == '\r' ? AtSizeLineFeed : InExtension;
            _count = 0;
        }
        else
        {
            Error = HttpStatus.BadRequest;
        }
    }

    // Trailer fields are read over (RFC 9110 §6.5.1: a recipient may).
    private void TakeTrailer(int c, int mostTrailer)
    {
        if (++_count > mostTrailer)
        {
            Error = HttpStatus.HeaderFieldsTooLarge;
        }
        else if (c == '\r')
        {
            _state = _state == AtTrailer ? AtLastLineFeed : AtTrailerLineFeed;
        }
        else if ((c < ' ' && c != '\t') || c == 0x7F)
        {
            Error = HttpStatus.BadRequest;
        }
        else
        {
            _state = InTrailer;
        }
    }

    private void Expect(int c, int expected, int next)
    {
        if (c == expected)
        {
            _state = next;
        }
        else
        {
            Data = 0;
            Error = HttpStatus.BadRequest;
        }
    }
}
