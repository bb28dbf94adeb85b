namespace EmbeddedTcp.Http;

/// <summary>The status codes the server uses, and others that handlers want (RFC 9110 §15), with their reason phrases.</summary>
public static class HttpStatus
{
    /// <summary>The request succeeded.</summary>
    public const int Ok = 200;

    /// <summary>A resource was created.</summary>
    public const int Created = 201;

    /// <summary>The request succeeded and there is nothing to say.</summary>
    public const int NoContent = 204;

    /// <summary>The answer is at another address, to be had by GET: what follows a form.</summary>
    public const int SeeOther = 303;

    /// <summary>The client has it already.</summary>
    public const int NotModified = 304;

    /// <summary>To be asked for at another address, this time.</summary>
    public const int TemporaryRedirect = 307;

    /// <summary>To be asked for at another address, always.</summary>
    public const int PermanentRedirect = 308;

    /// <summary>The request is not HTTP, or not well-formed.</summary>
    public const int BadRequest = 400;

    /// <summary>Credentials are missing or wrong; WWW-Authenticate has to say which.</summary>
    public const int Unauthorized = 401;

    /// <summary>Refused, whoever asks.</summary>
    public const int Forbidden = 403;

    /// <summary>There is no such page.</summary>
    public const int NotFound = 404;

    /// <summary>The method is known but not allowed here.</summary>
    public const int MethodNotAllowed = 405;

    /// <summary>The request did not arrive in time.</summary>
    public const int RequestTimeout = 408;

    /// <summary>The state of the resource does not allow it.</summary>
    public const int Conflict = 409;

    /// <summary>A body is wanted and its length is not told.</summary>
    public const int LengthRequired = 411;

    /// <summary>A condition of the request is not met.</summary>
    public const int PreconditionFailed = 412;

    /// <summary>The body is larger than what is taken.</summary>
    public const int ContentTooLarge = 413;

    /// <summary>The request target is longer than any of ours.</summary>
    public const int UriTooLong = 414;

    /// <summary>The body is of a type that is not understood here.</summary>
    public const int UnsupportedMediaType = 415;

    /// <summary>The client expects what the server does not do.</summary>
    public const int ExpectationFailed = 417;

    /// <summary>The header section is too large.</summary>
    public const int HeaderFieldsTooLarge = 431;

    /// <summary>A handler failed.</summary>
    public const int InternalServerError = 500;

    /// <summary>The method or a transfer coding is unknown.</summary>
    public const int NotImplemented = 501;

    /// <summary>Not now.</summary>
    public const int ServiceUnavailable = 503;

    /// <summary>The major version is not 1.</summary>
    public const int VersionNotSupported = 505;

    /// <summary>The reason phrase of a status.</summary>
    public static string Phrase(int status)
    {
        switch (status)
        {
            case Ok: return "OK";
            case Created: return "Created";
            case NoContent: return "No Content";
            case SeeOther: return "See Other";
            case NotModified: return "Not Modified";
            case TemporaryRedirect: return "Temporary Redirect";
            case PermanentRedirect: return "Permanent Redirect";
            case BadRequest: return "Bad Request";
            case Unauthorized: return "Unauthorized";
            case Forbidden: return "Forbidden";
            case NotFound: return "Not Found";
            case MethodNotAllowed: return "Method Not Allowed";
            case RequestTimeout: return "Request Timeout";
            case Conflict: return "Conflict";
            case LengthRequired: return "Length Required";
            case PreconditionFailed: return "Precondition Failed";
            case ContentTooLarge: return "Content Too Large";
            case UriTooLong: return "URI Too Long";
            case UnsupportedMediaType: return "Unsupported Media Type";
            case ExpectationFailed: return "Expectation Failed";
            case HeaderFieldsTooLarge: return "Request Header Fields Too Large";
            case InternalServerError: return "Internal Server Error";
            case NotImplemented: return "Not Implemented";
            case ServiceUnavailable: return "Service Unavailable";
            case VersionNotSupported: return "HTTP Version Not Supported";
            default: return status < 400 ? "Done" : "Error";
        }
    }
}
