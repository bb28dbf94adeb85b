using System;

namespace EmbeddedTcp.Http;

/// <summary>What a handler says about its answer, beside the body.</summary>
/// <remarks>Belongs to the server and is used again for the next request. It keeps the strings it is given and copies none.</remarks>
public sealed class HttpResponse
{
    /// <summary>Header fields at most that <see cref="Add"/> takes.</summary>
    public const int MaxFields = 4;

    /// <summary>Longest name and value of a header field together, in characters; also of <see cref="Location"/>.</summary>
    public const int MaxField = 480;

    /// <summary>Longest <see cref="ContentType"/>, <see cref="CacheControl"/> and <see cref="ETag"/>, in characters.</summary>
    public const int MaxShort = 80;

    /// <summary>The status, 200 at first. With 204 and 304 no body goes out.</summary>
    public int Status;

    /// <summary>The media type of the body, at first that of the handler; null for none.</summary>
    public string ContentType;

    /// <summary>Length of the body in bytes, or −1, as at first, when it is not known: then it goes out in chunks, to a client of HTTP/1.0 up to the connection's end. What is rendered must be as long.</summary>
    public int ContentLength;

    /// <summary>
    /// The entity tag of what is there now, quotes included, "W/" before them for a weak one (RFC 9110 §8.8.3); null for none. Where the conditions of a request
    /// shall count, it is set by <see cref="HttpHandler.Begin"/>.
    /// </summary>
    public string ETag;

    /// <summary>When it was last changed, in seconds since 1970; −1 where nobody knows. Set by <see cref="HttpHandler.Begin"/> too.</summary>
    public long LastModified;

    /// <summary>False when there is nothing yet under this path, and a PUT is about to create it: for the conditions with "*".</summary>
    public bool Exists;

    /// <summary>Cache-Control, "no-store" at first; null for none.</summary>
    public string CacheControl;

    /// <summary>Where else to look, for 201 and redirections; null for none.</summary>
    public string Location;

    /// <summary>The piece that is rendered, from 0 on.</summary>
    public int Piece;

    /// <summary>Whatever the handler wants to remember from piece to piece; 0 at first. A piece that found no room is rendered again, with what this was.</summary>
    public int State;

    private readonly string[] _names = new string[MaxFields];
    private readonly string[] _values = new string[MaxFields];

    internal int FieldCount { get; private set; }

    /// <summary>The body is the status in plain text.</summary>
    internal bool IsPlain { get; private set; }

    /// <summary>The methods to be named in Allow; 0 for no such field.</summary>
    internal int Allow { get; set; }

    /// <summary>Answers with a status and its reason phrase as body: an error.</summary>
    /// <param name="status">400 to 599.</param>
    public void Refuse(int status)
    {
        Status = status;
        ContentType = "text/plain";
        ContentLength = 4 + HttpStatus.Phrase(status).Length + 1;
        ETag = null;
        LastModified = -1;
        IsPlain = true;
    }

    /// <summary>Sends the client elsewhere.</summary>
    /// <param name="status">One of the 3xx, as a rule <see cref="HttpStatus.SeeOther"/> after a form.</param>
    /// <param name="location">A URI or a path.</param>
    /// <exception cref="ArgumentException">It is too long or holds what does not belong into a header field.</exception>
    public void Redirect(int status, string location)
    {
        Check(location, MaxField);
        Refuse(status);
        Location = location;
    }

    /// <summary>Adds a header field.</summary>
    /// <param name="name">A token.</param>
    /// <param name="value">Printable ASCII.</param>
    /// <returns>False when there are <see cref="MaxFields"/> already.</returns>
    /// <exception cref="ArgumentException">Too long, or not what a header field may hold: a line of its own for somebody who can write into it.</exception>
    public bool Add(string name, string value)
    {
        Check(value, MaxField - name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (!HttpText.IsToken(name[i]))
            {
                throw new ArgumentException("name");
            }
        }

        if (FieldCount == MaxFields)
        {
            return false;
        }

        _names[FieldCount] = name;
        _values[FieldCount++] = value;
        return true;
    }

    internal string NameAt(int index)
    {
        return _names[index];
    }

    internal string ValueAt(int index)
    {
        return _values[index];
    }

    /// <summary>No body can follow (RFC 9110 §15.3.5, §15.4.5).</summary>
    internal bool IsBodiless => Status == HttpStatus.NoContent || Status == HttpStatus.NotModified;

    /// <summary>The strings come from the handler, and perhaps from further away.</summary>
    /// <exception cref="ArgumentException">One of them cannot go out.</exception>
    internal void CheckFields()
    {
        Check(ContentType, MaxShort);
        Check(CacheControl, MaxShort);
        Check(ETag, MaxShort);
        Check(Location, MaxField);
    }

    internal void Clear()
    {
        Status = HttpStatus.Ok;
        ContentType = null;
        ContentLength = -1;
        ETag = null;
        LastModified = -1;
        Exists = true;
        CacheControl = "no-store";
        Location = null;
        Piece = 0;
        State = 0;
        Allow = 0;
        IsPlain = false;
        while (FieldCount > 0)
        {
            _names[--FieldCount] = null;
            _values[FieldCount] = null;
        }
    }

    private static void Check(string value, int most)
    {
        if (value == null)
        {
            return;
        }

        if (value.Length > most)
        {
            throw new ArgumentException("field too long");
        }

        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] < ' ' || value[i] >= 0x7F)
            {
                throw new ArgumentException("field value");
            }
        }
    }
}
