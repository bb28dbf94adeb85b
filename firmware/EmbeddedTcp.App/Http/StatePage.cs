using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// The same as the status page for programs, at "/api/state": JSON (RFC 8259) with every slot, half-open peer, TIME_WAIT record, service, counter and
/// drop reason.
/// </summary>
/// <remarks>Each piece is true by itself; the document is no snapshot, for it is composed as the peer takes it.</remarks>
public sealed class StatePage : HttpPage
{
    private const int HeadPieces = 3;

    private readonly Application _application;
    private readonly Dispatcher _dispatcher;
    private readonly TcpEngine _tcp;
    private readonly StackCounters _counters;
    private readonly JsonText _json = new JsonText();

    /// <summary>The page of an application.</summary>
    public StatePage(Application application)
        : base("/api/state", "application/json")
    {
        _application = application;
        _dispatcher = application.Dispatcher;
        _tcp = application.Net.Tcp;
        _counters = application.Net.Counters;
    }

    /// <inheritdoc/>
    public override int PieceCount => HeadPieces + _tcp.SlotCount + _tcp.HalfOpen.Capacity + _tcp.TimeWait.Capacity + _dispatcher.ServiceCount
        + _counters.Count + (int)DropReason.Count + 1;

    /// <inheritdoc/>
    public override void Render(int piece, TextBuffer text, ref int state)
    {
        _json.Text = text;
        _json.Comma = state != 0;
        RenderPiece(piece);
        state = _json.Comma ? 1 : 0;
    }

    private void RenderPiece(int piece)
    {
        if (piece < HeadPieces)
        {
            RenderHead(piece);
            return;
        }

        // The sections in their order; each is passed by taking its pieces off the number, and a section's first piece opens it.
        piece -= HeadPieces;
        if (piece < _tcp.SlotCount)
        {
            StateJson.Connection(_json, _application, piece);
            return;
        }

        piece -= _tcp.SlotCount;
        if (piece < _tcp.HalfOpen.Capacity)
        {
            Open(piece, ']', "halfOpen", '[');
            StateJson.HalfOpen(_json, _application, piece);
            return;
        }

        piece -= _tcp.HalfOpen.Capacity;
        if (piece < _tcp.TimeWait.Capacity)
        {
            Open(piece, ']', "timeWait", '[');
            StateJson.TimeWait(_json, _application, piece);
            return;
        }

        piece -= _tcp.TimeWait.Capacity;
        if (piece < _dispatcher.ServiceCount)
        {
            Open(piece, ']', "services", '[');
            StateJson.Service(_json, _dispatcher.ServiceAt(piece));
            return;
        }

        piece -= _dispatcher.ServiceCount;
        if (piece < _counters.Count)
        {
            Open(piece, ']', "counters", '{');
            StateJson.Counter(_json, _counters, piece);
            return;
        }

        piece -= _counters.Count;
        if (piece < (int)DropReason.Count)
        {
            Open(piece, '}', "drops", '{');
            StateJson.Drop(_json, _counters, piece);
            return;
        }

        _json.End('}');
        _json.End('}');
        _json.Line();
    }

    // Names are a piece each: escaped, one may fill half a piece.
    private void RenderHead(int piece)
    {
        if (piece == 0)
        {
            _json.Begin(null, '{');
            _json.String("board", _application.BoardName);
        }
        else if (piece == 1)
        {
            _json.String("chip", _application.ChipName);
        }
        else
        {
            _json.Mac("mac", _application.Net.MacAddress);
            _json.Address("address", _application.Net.Address);
            _json.Number("prefixLength", _application.Net.PrefixLength);
            _json.Address("gateway", _application.Net.Gateway);
            _json.Flag("linkUp", _application.Net.Device.LinkUp);
            _json.Number("uptimeMs", _application.UptimeMs);
            _json.Number("memoryBytes", _application.Net.Memory.Total + _application.MemoryBytes);
            _json.Number("freeSlots", _tcp.FreeSlots);
            _json.Number("faults", _dispatcher.Faults);
            _json.Begin("connections", '[');
        }

        _json.Line();
    }

    private void Open(int piece, char end, string name, char bracket)
    {
        if (piece == 0)
        {
            _json.End(end);
            _json.Begin(name, bracket);
        }
    }
}
