using System;

namespace EmbeddedTcp.Http;

/// <summary>The names of the header fields that are looked at. The first ones say how to read the request and are understood at once; the others are kept.</summary>
internal sealed class HttpFields
{
    internal const int Connection = 0;
    internal const int ContentLength = 1;
    internal const int TransferEncoding = 2;
    internal const int Expect = 3;
    internal const int ContentEncoding = 4;
    internal const int FirstKept = 5;
    internal const int Host = 5;
    internal const int ContentType = 6;
    internal const int Authorization = 7;
    internal const int LastSingle = 7;
    internal const int IfMatch = 8;
    internal const int IfNoneMatch = 9;
    internal const int IfModifiedSince = 10;
    internal const int IfUnmodifiedSince = 11;

    internal const int MaxName = 32;
    private const int Own = 12;

    private readonly string[] _names;

    internal HttpFields(string[] more)
    {
        int count = more == null ? 0 : more.Length;
        _names = new string[Own + count];
        _names[Connection] = "connection";
        _names[ContentLength] = "content-length";
        _names[TransferEncoding] = "transfer-encoding";
        _names[Expect] = "expect";
        _names[ContentEncoding] = "content-encoding";
        _names[Host] = "host";
        _names[ContentType] = "content-type";
        _names[Authorization] = "authorization";
        _names[IfMatch] = "if-match";
        _names[IfNoneMatch] = "if-none-match";
        _names[IfModifiedSince] = "if-modified-since";
        _names[IfUnmodifiedSince] = "if-unmodified-since";
        for (int i = 0; i < count; i++)
        {
            string name = more[i];
            if (name == null || name.Length == 0 || name.Length > MaxName || name != name.ToLower())
            {
                throw new ArgumentException("Fields");
            }

            _names[Own + i] = name;
        }
    }

    internal int Count => _names.Length;

    internal int IndexOf(string name)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (_names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Which field a name is.</summary>
    /// <param name="name">Holds it, in lower case.</param>
    /// <param name="length">Its length, up to <see cref="MaxName"/>.</param>
    /// <returns>Its number, or −1 when nobody wants it.</returns>
    internal int Find(byte[] name, int length)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            string candidate = _names[i];
            if (candidate.Length == length && candidate[0] == name[0] && HttpText.Is(name, 0, length, candidate))
            {
                return i;
            }
        }

        return -1;
    }
}
