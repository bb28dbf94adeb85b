using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>
/// The same as the status page for programs, at "/api/state": JSON (RFC 8259) with every slot, service, counter and drop reason,
/// zeros included, so that its members are always the same.
/// </summary>
public sealed class StatePage : HttpPage
{
    private const int HeadPieces = 3;

    private readonly Application _application;
    private readonly Dispatcher _dispatcher;

    /// <summary>The page of an application.</summary>
    public StatePage(Application application)
        : base("/api/state", "application/json")
    {
        _application = application;
        _dispatcher = application.Dispatcher;
    }

    /// <inheritdoc/>
    public override int PieceCount => HeadPieces + _dispatcher.SlotCount + _dispatcher.ServiceCount
        + _application.Net.Counters.Count + (int)DropReason.Count + 1;

    /// <inheritdoc/>
    public override bool Render(int piece, TextBuffer text)
    {
        RenderPiece(piece, text);
        return true; // Programs want every member, zeros included.
    }

    private void RenderPiece(int piece, TextBuffer text)
    {
        if (piece < HeadPieces)
        {
            RenderHead(piece, text);
            return;
        }

        // The sections in their order; each is passed by taking its pieces off the number, and a section's first piece opens it.
        piece -= HeadPieces;
        if (piece < _dispatcher.SlotCount)
        {
            RenderConnection(piece, text);
            return;
        }

        piece -= _dispatcher.SlotCount;
        if (piece < _dispatcher.ServiceCount)
        {
            RenderService(piece, text);
            return;
        }

        piece -= _dispatcher.ServiceCount;
        StackCounters counters = _application.Net.Counters;
        if (piece < counters.Count)
        {
            if (piece == 0)
            {
                text.Append(_dispatcher.ServiceCount == 0 ? "],\n\"services\":[],\n\"counters\":{" : "],\n\"counters\":{");
            }

            Number(text, piece == 0, counters.NameAt(piece), counters.ValueAt(piece));
            return;
        }

        piece -= counters.Count;
        if (piece < (int)DropReason.Count)
        {
            if (piece == 0)
            {
                text.Append("},\n\"drops\":{");
            }

            Number(text, piece == 0, DropReasonName.Of((DropReason)piece), (uint)counters.Drops[piece]);
            return;
        }

        text.Append("}}\n");
    }

    // Names are a piece each: escaped, one may fill half a piece.
    private void RenderHead(int piece, TextBuffer text)
    {
        if (piece == 0)
        {
            text.Append("{\"board\":");
            text.AppendJson(_application.BoardName);
        }
        else if (piece == 1)
        {
            text.Append(",\"chip\":");
            text.AppendJson(_application.ChipName);
        }
        else
        {
            RenderBoard(text);
        }

        text.AppendByte('\n');
    }

    private void RenderBoard(TextBuffer text)
    {
        text.Append(",\"mac\":");
        text.AppendJson(MacAddress.Format(_application.Net.MacAddress, 0));
        text.Append(",\"address\":");
        Address(text, _application.Net.Address);
        text.Append(",\"prefixLength\":");
        text.Append(_application.Net.PrefixLength, 2);
        text.Append(",\"gateway\":");
        Address(text, _application.Net.Gateway);
        text.Append(",\"linkUp\":");
        text.Append(_application.Net.Device.LinkUp ? "true " : "false");
        text.Append(",\"uptimeMs\":");
        text.Append(_application.UptimeMs, 14);
        text.Append(",\"memoryBytes\":");
        text.Append(_application.Net.Memory.Total + _application.MemoryBytes);
        text.Append(",\"freeSlots\":");
        text.Append(_application.Net.Tcp.FreeSlots, 3);
        text.Append(",\"faults\":");
        text.Append(_dispatcher.Faults, 10);
    }

    private void RenderConnection(int slot, TextBuffer text)
    {
        TcpConnection c = _application.Net.Tcp.SlotAt(slot);
        ConnectionHandler handler = _dispatcher.HandlerAt(slot);
        text.Append(slot == 0 ? ",\"connections\":[{\"slot\":" : ",{\"slot\":");
        text.Append(slot);
        text.Append(",\"inUse\":");
        text.Append(c.InUse ? "true " : "false");
        text.Append(",\"service\":");
        Field(text, handler == null ? "" : handler.Name, 16);
        text.Append(",\"state\":");
        Field(text, TcpStateName.Of(c.State), 11);
        text.Append(",\"localPort\":");
        text.Append(c.InUse ? c.LocalPort : 0, 5);
        text.Append(",\"remoteAddress\":");
        Address(text, c.InUse ? c.RemoteAddress : 0);
        text.Append(",\"remotePort\":");
        text.Append(c.InUse ? c.RemotePort : 0, 5);
        text.Append(",\"sendQueued\":");
        text.Append(c.SendQueued, 5);
        text.Append(",\"receiveQueued\":");
        text.Append(c.ReceiveQueued, 5);
        text.Append("}\n");
    }

    private void RenderService(int index, TextBuffer text)
    {
        Service service = _dispatcher.ServiceAt(index);
        text.Append(index == 0 ? "],\n\"services\":[{\"name\":" : ",{\"name\":");
        Field(text, service.Name, 16);
        text.Append(",\"port\":");
        text.Append(service.Port);
        text.Append(",\"open\":");
        text.Append(service.Open, 3);
        text.Append(",\"accepted\":");
        text.Append(service.Opened, 10);
        text.Append(",\"expired\":");
        text.Append(service.Expired, 10);
        text.Append(",\"faults\":");
        text.Append(service.Faults, 10);
        text.Append("}\n");
    }

    private static void Number(TextBuffer text, bool first, string name, long value)
    {
        text.AppendByte(first ? '\n' : ',');
        text.AppendJson(name);
        text.AppendByte(':');
        text.Append(value, 10);
        text.AppendByte('\n');
    }

    private static void Address(TextBuffer text, uint address)
    {
        int start = text.Length;
        text.AppendByte('"');
        text.AppendAddress(address);
        text.AppendByte('"');
        text.FillTo(start + 17);
    }

    // A string and then spaces, so that it takes the same room whatever it holds.
    private static void Field(TextBuffer text, string value, int width)
    {
        int start = text.Length;
        text.AppendJson(value);
        text.FillTo(start + width + 2);
    }
}
