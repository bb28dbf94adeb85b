using System;

namespace EmbeddedTcp.Http;

/// <content>The header fields: those that say how the message goes on are understood here (RFC 9112 §6, §9), the others are put away.</content>
public sealed partial class HttpRequest
{
    private int _contentLength; // −1 when there was none.
    private bool _hasTransferEncoding;
    private bool _otherCoding;
    private bool _afterChunked;

    /// <summary>The body comes in chunks.</summary>
    internal bool Chunked { get; private set; }

    /// <summary>Neither length nor chunks were announced: there is no body.</summary>
    internal bool LengthUnknown => !Chunked && _contentLength < 0;

    /// <summary>Something of a body follows the head.</summary>
    internal bool HasBody => Chunked || _contentLength > 0;

    /// <summary>The client wants to be told before it sends the body.</summary>
    internal bool ExpectsContinue { get; private set; }

    /// <summary>The client expects something else, which is nothing that we know.</summary>
    internal bool ExpectsMore { get; private set; }

    /// <summary>The body is compressed or the like.</summary>
    internal bool IsEncoded { get; private set; }

    private bool _saysClose;
    private bool _saysKeepAlive;

    /// <summary>Whether another request may follow on the connection (RFC 9112 §9.3).</summary>
    internal bool Persists => !_saysClose && (MinorVersion > 0 || _saysKeepAlive);

    /// <summary>Persistent, but the client is old and has to be told so.</summary>
    internal bool KeepAliveIsNews => MinorVersion == 0;

    private void ClearFraming()
    {
        _contentLength = -1;
        _hasTransferEncoding = false;
        _otherCoding = false;
        _afterChunked = false;
        Chunked = false;
        ExpectsContinue = false;
        ExpectsMore = false;
        IsEncoded = false;
        _saysClose = false;
        _saysKeepAlive = false;
    }

    private void EndValue()
    {
        int start = _keptLength;
        int end = start + _valueLength;
        while (end > start && (_kept[end - 1] == ' ' || _kept[end - 1] == '\t'))
        {
            end--;
        }

        switch (_field)
        {
            case HttpFields.ContentLength:
                TakeLength(start, end);
                break;
            case HttpFields.Connection:
            case HttpFields.TransferEncoding:
            case HttpFields.Expect:
            case HttpFields.ContentEncoding:
                TakeElements(start, end);
                break;
            default:
                Keep(start, end);
                break;
        }
    }

    // RFC 9112 §6.3, 5: a list is invalid, unless all are the same number.
    private void TakeLength(int start, int end)
    {
        int at = start;
        do
        {
            int value = 0;
            int digits = 0;
            for (; at < end && HttpText.IsDigit(_kept[at]); at++, digits++)
            {
                value = value > (int.MaxValue - 9) / 10 ? int.MaxValue - 9 : (value * 10) + _kept[at] - '0';
            }

            while (at < end && (_kept[at] == ' ' || _kept[at] == '\t'))
            {
                at++;
            }

            if (digits == 0 || (at < end && _kept[at] != ',') || (_contentLength >= 0 && _contentLength != value))
            {
                Fail(HttpStatus.BadRequest);
                return;
            }

            _contentLength = value;
            at++;
            while (at < end && (_kept[at] == ' ' || _kept[at] == '\t'))
            {
                at++;
            }
        }
        while (at <= end);
    }

    // A list of tokens, of which some have parameters; empty elements are ignored (RFC 9110 §5.6.1).
    private void TakeElements(int start, int end)
    {
        int at = start;
        while (at < end)
        {
            int from = at;
            while (at < end && _kept[at] != ',')
            {
                at++;
            }

            int to = at++;
            while (from < to && (_kept[from] == ' ' || _kept[from] == '\t'))
            {
                from++;
            }

            while (to > from && (_kept[to - 1] == ' ' || _kept[to - 1] == '\t'))
            {
                to--;
            }

            if (from < to)
            {
                TakeElement(from, to);
            }
        }

        _hasTransferEncoding |= _field == HttpFields.TransferEncoding;
    }

    private void TakeElement(int from, int to)
    {
        byte[] b = _kept;
        switch (_field)
        {
            case HttpFields.Connection:
                _saysClose |= HttpText.IsIgnoringCase(b, from, to, "close");
                _saysKeepAlive |= HttpText.IsIgnoringCase(b, from, to, "keep-alive");
                break;
            case HttpFields.Expect:
                bool known = HttpText.IsIgnoringCase(b, from, to, "100-continue");
                ExpectsContinue |= known;
                ExpectsMore |= !known;
                break;
            case HttpFields.ContentEncoding:
                IsEncoded |= !HttpText.IsIgnoringCase(b, from, to, "identity");
                break;
            default:
                _afterChunked |= Chunked;
                Chunked |= HttpText.IsIgnoringCase(b, from, to, "chunked");
                _otherCoding |= !Chunked;
                break;
        }
    }

    private void Keep(int start, int end)
    {
        int field = _field;
        int old = _valueStarts[field];
        if (old < 0)
        {
            _valueStarts[field] = start;
            _valueEnds[field] = end;
            _keptLength = end;
            return;
        }

        if (field <= HttpFields.LastSingle)
        {
            Fail(HttpStatus.BadRequest); // RFC 9112 §3.2: never two of Host. Nor of the others that are no lists.
            return;
        }

        // RFC 9110 §5.3: the same as one with both values, which goes behind the new value.
        int oldLength = _valueEnds[field] - old;
        int length = end - start;
        if (end + oldLength + 2 + length > _kept.Length)
        {
            Fail(HttpStatus.HeaderFieldsTooLarge);
            return;
        }

        Array.Copy(_kept, old, _kept, end, oldLength);
        _kept[end + oldLength] = (byte)',';
        _kept[end + oldLength + 1] = (byte)' ';
        Array.Copy(_kept, start, _kept, end + oldLength + 2, length);
        _valueStarts[field] = end;
        _valueEnds[field] = _keptLength = end + oldLength + 2 + length;
    }

    // The end of the head: what only the whole can tell.
    private void Complete()
    {
        if (Done)
        {
            return;
        }

        Done = true;
        if (!HostIsValid())
        {
            Status = HttpStatus.BadRequest;
        }
        else if (Method == 0)
        {
            Status = HttpStatus.NotImplemented;
        }
        else if (!SplitTarget())
        {
            Status = HttpStatus.BadRequest;
        }
        else if (_hasTransferEncoding)
        {
            CheckTransferEncoding();
        }

        if (MinorVersion == 0)
        {
            ExpectsContinue = false; // RFC 9110 §10.1.1: to be ignored.
        }
    }

    // RFC 9112 §3.2: one from HTTP/1.1 on, and a valid one; it may be empty.
    private bool HostIsValid()
    {
        int start = _valueStarts[HttpFields.Host];
        if (start < 0)
        {
            return MinorVersion == 0;
        }

        for (int i = start; i < _valueEnds[HttpFields.Host]; i++)
        {
            int c = _kept[i];
            if (c <= ' ' || c >= 0x7F || "\"#/<>?@\\^`{|}".IndexOf((char)c) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    // RFC 9112 §6.1 and §6.3: whatever may be understood in two ways is an error, since it may be meant to be.
    private void CheckTransferEncoding()
    {
        if (_contentLength >= 0 || MinorVersion == 0 || _afterChunked || !Chunked)
        {
            Status = HttpStatus.BadRequest;
        }
        else if (_otherCoding)
        {
            Status = HttpStatus.NotImplemented;
        }
    }
}
