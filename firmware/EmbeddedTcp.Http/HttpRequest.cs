using System;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Http;

/// <summary>
/// One HTTP/1 request as its handler sees it. Of the head the request line and some header fields are kept, all of it is checked for its form
/// (RFC 9112 §2–§6).
/// </summary>
/// <remarks>Belongs to the server and is used again for the next request. What allocates says so.</remarks>
public sealed partial class HttpRequest
{
    /// <summary>Longest method in bytes; beyond it the answer is 501 (RFC 9112 §3).</summary>
    public const int MaxMethod = 16;

    /// <summary>Whatever the handler wants to remember about this request. Null at first.</summary>
    public object Tag;

    private readonly HttpOptions _options;
    private readonly HttpFields _fields;
    private readonly byte[] _method = new byte[MaxMethod];
    private readonly byte[] _target;
    private readonly byte[] _version = new byte[8];
    private readonly byte[] _kept;
    private readonly int[] _valueStarts;
    private readonly int[] _valueEnds;
    private int _methodLength;
    private int _targetLength;
    private int _pathStart;
    private int _pathEnd;
    private int _queryStart;
    private int _tailStart;
    private int _versionLength;

    internal HttpRequest(HttpOptions options, HttpFields fields, byte[] form)
    {
        _options = options;
        _fields = fields;
        FormBuffer = form;
        _target = new byte[options.TargetBytes];
        _kept = new byte[options.FieldBytes];
        _valueStarts = new int[fields.Count];
        _valueEnds = new int[fields.Count];
        Clear();
    }

    /// <summary>The method, one of <see cref="HttpMethods"/>; HEAD as GET, since the server leaves the body away by itself.</summary>
    public int Method { get; private set; }

    /// <summary>True when the method is HEAD: whatever is rendered, no body goes out.</summary>
    public bool IsHead { get; private set; }

    /// <summary>The minor version of HTTP/1.x.</summary>
    public int MinorVersion => _version[7] - '0';

    /// <summary>Bytes of the body as they were announced; −1 when they come in chunks, 0 without a body.</summary>
    public int ContentLength => Chunked ? -1 : _contentLength < 0 ? 0 : _contentLength;

    /// <summary>The connection it came on: its peer, for instance. To be read only.</summary>
    public TcpConnection Connection { get; internal set; }

    // The body, when it is a form.
    internal byte[] FormBuffer { get; }

    internal int FormLength { get; set; }

    /// <summary>The bytes one request's buffers take.</summary>
    internal static int MemoryBytes(HttpOptions options, int fields, bool forms)
    {
        return MaxMethod + 8 + HttpFields.MaxName + options.TargetBytes + options.FieldBytes + (8 * fields) + (forms ? options.FormBytes : 0);
    }

    /// <summary>A value of the query, decoded. Allocates.</summary>
    /// <param name="name">ASCII, case-sensitive.</param>
    /// <returns>The first value of that name, empty for a name without value; null when the name is not there. What is no UTF-8 in it became '?'.</returns>
    public string Query(string name)
    {
        return HttpValues.Text(_target, _queryStart, _targetLength, name);
    }

    /// <summary>The same into a buffer.</summary>
    /// <param name="name">ASCII, case-sensitive.</param>
    /// <param name="into">Receives the decoded bytes.</param>
    /// <param name="offset">Where the first goes.</param>
    /// <returns>How many; −1 when the name is not there, −2 when the buffer is too short.</returns>
    public int Query(string name, byte[] into, int offset)
    {
        return HttpValues.Copy(_target, _queryStart, _targetLength, name, into, offset);
    }

    /// <summary>A value of the form, decoded. Allocates. For handlers that take forms (<see cref="HttpHandler.Body"/>), from <see cref="HttpHandler.Respond"/> on.</summary>
    /// <param name="name">ASCII, case-sensitive.</param>
    /// <returns>As <see cref="Query(string)"/>.</returns>
    public string Form(string name)
    {
        return FormBuffer == null ? null : HttpValues.Text(FormBuffer, 0, FormLength, name);
    }

    /// <summary>The same into a buffer.</summary>
    /// <param name="name">ASCII, case-sensitive.</param>
    /// <param name="into">Receives the decoded bytes.</param>
    /// <param name="offset">Where the first goes.</param>
    /// <returns>As <see cref="Query(string, byte[], int)"/>.</returns>
    public int Form(string name, byte[] into, int offset)
    {
        return FormBuffer == null ? -1 : HttpValues.Copy(FormBuffer, 0, FormLength, name, into, offset);
    }

    /// <summary>What follows the prefix in the path, decoded; empty for a handler of one path. Allocates.</summary>
    public string PathTail()
    {
        return HttpText.DecodeString(_target, _tailStart, _pathEnd, false);
    }

    /// <summary>The value of a header field. Allocates.</summary>
    /// <param name="name">In lower case: one of those that are kept, see <see cref="HttpOptions.Fields"/>.</param>
    /// <returns>Null when the request had none. Several of one name are joined by commas (RFC 9110 §5.3).</returns>
    /// <exception cref="ArgumentException">Fields of this name are not kept.</exception>
    public string Field(string name)
    {
        int index = _fields.IndexOf(name);
        if (index < HttpFields.FirstKept)
        {
            throw new ArgumentException("name");
        }

        int start = _valueStarts[index];
        if (start < 0)
        {
            return null;
        }

        char[] text = new char[_valueEnds[index] - start];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)_kept[start + i]; // Bytes above 127 are opaque (RFC 9110 §5.5).
        }

        return new string(text);
    }

    /// <summary>Makes it ready for the next request.</summary>
    internal void Clear()
    {
        Tag = null;
        FormLength = 0;
        Method = 0;
        IsHead = false;
        _methodLength = 0;
        _targetLength = 0;
        _pathStart = 0;
        _pathEnd = 0;
        _queryStart = 0;
        _tailStart = 0;
        _versionLength = 0;
        _version[7] = (byte)'0';
        for (int i = 0; i < _valueStarts.Length; i++)
        {
            _valueStarts[i] = -1;
        }

        ClearHead();
    }

    internal byte[] Kept => _kept;

    internal int ValueStart(int field)
    {
        return _valueStarts[field];
    }

    internal int ValueEnd(int field)
    {
        return _valueEnds[field];
    }

    /// <summary>Compares the path with a handler's: the whole, or the beginning where the handler's ends in '*'.</summary>
    internal bool Matches(string route)
    {
        int length = route.Length;
        bool prefix = route[length - 1] == '*';
        if (prefix)
        {
            length--;
        }

        int at = _pathStart;
        for (int i = 0; i < length; i++)
        {
            if (at == _pathEnd)
            {
                // absolute-form without a path is that of "/" (RFC 9110 §4.2.3).
                return _pathStart == _pathEnd && (route == "/" || route == "/*");
            }

            // RFC 3986 §6.2.2.2: encoded or not, it is the same; but an encoded slash separates nothing.
            bool encoded = _target[at] == '%';
            int c = HttpText.Decoded(_target, ref at, _pathEnd, false);
            if (c != route[i] || (encoded && c == '/'))
            {
                return false;
            }
        }

        _tailStart = at;
        return prefix || at == _pathEnd;
    }

    internal bool TargetIsAsterisk => _targetLength == 1 && _target[0] == '*';

    // RFC 9112 §3.2: origin-form, absolute-form, and "*" for OPTIONS.
    private bool SplitTarget()
    {
        byte[] t = _target;
        int end = _targetLength;
        int at = 0;
        if (t[0] != '/')
        {
            if (TargetIsAsterisk)
            {
                return Method == HttpMethods.Options;
            }

            const int authority = 7; // Behind "http://".
            if (end <= authority || !HttpText.IsIgnoringCase(t, 0, authority, "http://"))
            {
                return false;
            }

            at = authority;
            while (at < end && t[at] != '/' && t[at] != '?')
            {
                at++;
            }

            if (at == authority)
            {
                return false; // RFC 9110 §4.2.1: an http URI with an empty host is invalid.
            }
        }

        _pathStart = at;
        while (at < end && t[at] != '?')
        {
            at++;
        }

        _pathEnd = at;
        _queryStart = at < end ? at + 1 : end;
        return true;
    }
}
