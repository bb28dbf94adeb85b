namespace EmbeddedTcp.Http;

/// <summary>The status codes the server uses (RFC 9110 §15) and their reason phrases.</summary>
public static class HttpStatus
{
    /// <summary>The request succeeded.</summary>
    public const int Ok = 200;

    /// <summary>The request is not HTTP, or not well-formed.</summary>
    public const int BadRequest = 400;

    /// <summary>There is no such page.</summary>
    public const int NotFound = 404;

    /// <summary>The method is known but not allowed here.</summary>
    public const int MethodNotAllowed = 405;

    /// <summary>The request did not arrive in time.</summary>
    public const int RequestTimeout = 408;

    /// <summary>The request target is longer than any of ours.</summary>
    public const int UriTooLong = 414;

    /// <summary>The header section is too large.</summary>
    public const int HeaderFieldsTooLarge = 431;

    /// <summary>The method is unknown.</summary>
    public const int NotImplemented = 501;

    /// <summary>The major version is not 1.</summary>
    public const int VersionNotSupported = 505;

    /// <summary>The reason phrase of a status.</summary>
    public static string Phrase(int status)
    {
        switch (status)
        {
            case Ok: return "OK";
            case BadRequest: return "Bad Request";
            case NotFound: return "Not Found";
            case MethodNotAllowed: return "Method Not Allowed";
            case RequestTimeout: return "Request Timeout";
            case UriTooLong: return "URI Too Long";
            case HeaderFieldsTooLarge: return "Request Header Fields Too Large";
            case NotImplemented: return "Not Implemented";
            case VersionNotSupported: return "HTTP Version Not Supported";
            default: return "Error";
        }
    }
}
