namespace EmbeddedTcp.Http;

/// <summary>The methods of RFC 9110 §9.3 and RFC 5789, a bit each, so that a handler can say which it takes.</summary>
public static class HttpMethods
{
    /// <summary>A representation of the resource. Whoever takes it gets HEAD too.</summary>
    public const int Get = 1;

    /// <summary>The same without its body.</summary>
    public const int Head = 2;

    /// <summary>Processes what the body holds.</summary>
    public const int Post = 4;

    /// <summary>Replaces the resource by the body.</summary>
    public const int Put = 8;

    /// <summary>Removes the resource.</summary>
    public const int Delete = 16;

    /// <summary>What may be done with the resource. Answered by the server unless a handler takes it.</summary>
    public const int Options = 32;

    /// <summary>Changes a part of the resource.</summary>
    public const int Patch = 64;

    /// <summary>Known, and taken by nobody unless a handler says so.</summary>
    public const int Trace = 128;

    internal const int Count = 8;

    /// <summary>The name of a method.</summary>
    /// <param name="method">One bit.</param>
    public static string Name(int method)
    {
        switch (method)
        {
            case Get: return "GET";
            case Head: return "HEAD";
            case Post: return "POST";
            case Put: return "PUT";
            case Delete: return "DELETE";
            case Options: return "OPTIONS";
            case Patch: return "PATCH";
            default: return "TRACE";
        }
    }

    /// <summary>The bit of a name; 0 for one that is not known. Names are case-sensitive (RFC 9110 §9.1).</summary>
    internal static int Find(byte[] name, int length)
    {
        for (int i = 0; i < Count; i++)
        {
            if (HttpText.Is(name, 0, length, Name(1 << i)))
            {
                return 1 << i;
            }
        }

        return 0;
    }
}
