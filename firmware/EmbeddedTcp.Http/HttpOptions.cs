using EmbeddedTcp.Services.Time;

namespace EmbeddedTcp.Http;

/// <summary>How much the HTTP server takes and how patient it is. All memory follows from it and is allocated by <see cref="HttpServer.Listen"/>.</summary>
/// <remarks>Fields, as in <see cref="StackOptions"/>.</remarks>
public sealed class HttpOptions
{
    /// <summary>Connections at most, so that other services find slots too; 0 for three quarters of the engine's slots, one at least.</summary>
    public int Connections;

    /// <summary>Established connections that may wait to be accepted, which lasts until the end of the poll.</summary>
    public int Backlog = 4;

    /// <summary>Handlers at most.</summary>
    public int Handlers = 16;

    /// <summary>Longest head of a request in bytes, request line included; beyond it the answer is 431. Also the longest trailer section.</summary>
    public int HeadBytes = 8192;

    /// <summary>Longest request target in bytes, which are kept for each connection; beyond it the answer is 414.</summary>
    public int TargetBytes = 256;

    /// <summary>Header fields at most; beyond it the answer is 431.</summary>
    public int HeaderFields = 64;

    /// <summary>Bytes for the values of those header fields that are kept, for each connection; beyond it the answer is 431.</summary>
    public int FieldBytes = 256;

    /// <summary>
    /// Names of further header fields to keep, in lower case, at most 32 characters each; null for none. Kept always: host, content-type, authorization and the
    /// conditions of RFC 9110 §13.1.
    /// </summary>
    public string[] Fields;

    /// <summary>Largest body in bytes where a handler does not say otherwise; beyond it the answer is 413.</summary>
    public int BodyBytes = 65536;

    /// <summary>Largest form in bytes, encoded. Kept for each connection if any handler takes forms; beyond it the answer is 413.</summary>
    public int FormBytes = 512;

    /// <summary>Requests on one connection at most; the last answer says that it is the last.</summary>
    public int RequestsPerConnection = 1000;

    /// <summary>How long a client may take to send the head of a request, in milliseconds since it connected or since the request's first byte; then the answer is 408.</summary>
    public int HeadLimit = 10000;

    /// <summary>How long a persistent connection may wait for its next request, in milliseconds.</summary>
    public int IdleLimit = 15000;

    /// <summary>
    /// The interval in milliseconds in which a body or an answer must advance by <see cref="ProgressBytes"/> or come to its end: else a body is answered with 408
    /// and a reader loses its connection.
    /// </summary>
    public int ProgressInterval = 10000;

    /// <summary>See <see cref="ProgressInterval"/>.</summary>
    public int ProgressBytes = 512;

    /// <summary>
    /// How long the server waits for the client to close first once the last answer is complete, in milliseconds: the side that closes first has the TIME_WAIT.
    /// </summary>
    public int CloseDelay = 250;

    /// <summary>How long the server waits for the client's FIN after its own and all data have been acknowledged, in milliseconds.</summary>
    public int LingerLimit = 5000;

    /// <summary>How much of what still comes while the server waits for that FIN is read and thrown away, in bytes; beyond it the connection is reset.</summary>
    public int DrainBytes = 262144;

    /// <summary>The time of day, for Date; null where nobody knows it (RFC 9110 §6.6.1).</summary>
    public WallClock Clock;
}
