using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>The page for people at "/": the board, its addresses, connections, services and counters.</summary>
public sealed class StatusPage : HttpPage
{
    private const int SummaryRows = 9;

    private static readonly string[] Head =
    {
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>EmbeddedTcp</title>\n<style>\n"
            + "body{font:16px/1.4 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#223;background:#fcfcfa}\n"
            + "h1{margin-bottom:0}h2{margin-top:1.6em;font-size:1.1em}\n",
        "table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
            + "td,th{padding:.15em 1.2em .15em 0;text-align:left;border-bottom:1px solid #dde}\n"
            + ".n{text-align:right}p{color:#667}\n"
            + "@media(prefers-color-scheme:dark){body{color:#dde;background:#181a1f}td,th{border-color:#334}a{color:#9cf}p{color:#99a}}\n"
            + "</style>\n</head>\n<body>\n",
    };

    private readonly Application _application;
    private readonly Dispatcher _dispatcher;

    /// <summary>The page of an application.</summary>
    public StatusPage(Application application)
        : base("/", "text/html; charset=utf-8")
    {
        _application = application;
        _dispatcher = application.Dispatcher;
    }

    /// <inheritdoc/>
    public override int PieceCount => Head.Length + SummaryRows + 1 + _dispatcher.SlotCount + 1 + _dispatcher.ServiceCount
        + 1 + _application.Net.Counters.Count + 1 + (int)DropReason.Count + 1;

    /// <inheritdoc/>
    public override bool Render(int piece, TextBuffer text)
    {
        // The sections in their order; each is passed by taking its pieces off the number.
        if (piece < Head.Length)
        {
            text.Append(Head[piece]);
            return true;
        }

        piece -= Head.Length;
        if (piece < SummaryRows)
        {
            RenderSummary(piece, text);
            return true;
        }

        piece -= SummaryRows;
        if (piece <= _dispatcher.SlotCount)
        {
            return RenderConnection(piece - 1, text);
        }

        piece -= _dispatcher.SlotCount + 1;
        if (piece <= _dispatcher.ServiceCount)
        {
            RenderService(piece - 1, text);
            return true;
        }

        piece -= _dispatcher.ServiceCount + 1;
        StackCounters counters = _application.Net.Counters;
        if (piece <= counters.Count)
        {
            return RenderCounter(piece - 1, text);
        }

        piece -= counters.Count + 1;
        if (piece <= (int)DropReason.Count)
        {
            return RenderDrop(piece - 1, text);
        }

        text.Append("</table>\n<p>What is zero is not shown. The same for programs: <a href=\"/api/state\">/api/state</a></p>\n</body>\n</html>\n");
        return true;
    }

    private void RenderSummary(int row, TextBuffer text)
    {
        int start;
        switch (row)
        {
            case 0:
                text.Append("<h1>");
                text.AppendHtml(_application.BoardName);
                text.Append("</h1>\n<p>A TCP/IP stack written in C#.</p>\n<table>\n");
                break;
            case 1:
                BeginRow(text, "Chip");
                text.AppendHtml(_application.ChipName);
                break;
            case 2:
                BeginRow(text, "Link");
                text.Append(_application.Net.Device.LinkUp ? "up  " : "down");
                break;
            case 3:
                BeginRow(text, "Ethernet address");
                text.Append(MacAddress.Format(_application.Net.MacAddress, 0));
                break;
            case 4:
                BeginRow(text, "Address");
                start = text.Length;
                text.AppendAddress(_application.Net.Address);
                text.AppendByte('/');
                text.Append(_application.Net.PrefixLength);
                text.FillTo(start + 18);
                break;
            case 5:
                BeginRow(text, "Gateway");
                start = text.Length;
                if (_application.Net.Gateway == 0)
                {
                    text.Append("none");
                }
                else
                {
                    text.AppendAddress(_application.Net.Gateway);
                }

                text.FillTo(start + 15);
                break;
            case 6:
                BeginRow(text, "Up");
                start = text.Length;
                text.Append(Format.Span(_application.UptimeMs));
                text.FillTo(start + 32);
                break;
            case 7:
                BeginRow(text, "Connections");
                text.Append(_dispatcher.SlotCount - _application.Net.Tcp.FreeSlots, 3);
                text.Append(" of ");
                text.Append(_dispatcher.SlotCount);
                text.Append(" slots");
                break;
            default:
                BeginRow(text, "Fixed memory");
                text.Append(_application.Net.Memory.Total + _application.MemoryBytes);
                text.Append(" bytes");
                break;
        }

        if (row > 0)
        {
            text.AppendByte('\n');
        }
    }

    // The rows of a table; −1 is what comes before the first.
    private bool RenderConnection(int slot, TextBuffer text)
    {
        if (slot < 0)
        {
            BeginTable(text, "Connections", "<th>Service<th>State<th>Local<th>Remote<th class=n>To send<th class=n>To read");
            return true;
        }

        TcpConnection c = _application.Net.Tcp.SlotAt(slot);
        ConnectionHandler handler = _dispatcher.HandlerAt(slot);
        text.Append("<tr><td>");
        Field(text, handler == null ? "" : handler.Name, 16);
        text.Append("<td>");
        Field(text, TcpStateName.Of(c.State), 11);
        text.Append("<td class=n>");
        text.Append(c.LocalPort, 5);
        text.Append("<td>");
        int start = text.Length;
        text.AppendAddress(c.RemoteAddress);
        text.AppendByte(':');
        text.Append(c.RemotePort);
        text.FillTo(start + 21);
        text.Append("<td class=n>");
        text.Append(c.SendQueued, 5);
        text.Append("<td class=n>");
        text.Append(c.ReceiveQueued, 5);
        text.AppendByte('\n');
        return c.InUse;
    }

    private void RenderService(int index, TextBuffer text)
    {
        if (index < 0)
        {
            BeginTable(text, "Services", "<th>Service<th class=n>Port<th class=n>Open<th class=n>Accepted<th class=n>Expired<th class=n>Faults");
            return;
        }

        Service service = _dispatcher.ServiceAt(index);
        text.Append("<tr><td>");
        Field(text, service.Name, 16);
        text.Append("<td class=n>");
        text.Append(service.Port);
        text.Append("<td class=n>");
        text.Append(service.Open, 3);
        text.Append("<td class=n>");
        text.Append(service.Opened, 10);
        text.Append("<td class=n>");
        text.Append(service.Expired, 10);
        text.Append("<td class=n>");
        text.Append(service.Faults, 10);
        text.AppendByte('\n');
    }

    private bool RenderCounter(int index, TextBuffer text)
    {
        if (index < 0)
        {
            BeginTable(text, "Counters", "<th>Counter<th class=n>Value");
            return true;
        }

        return Row(text, _application.Net.Counters.NameAt(index), _application.Net.Counters.ValueAt(index));
    }

    private bool RenderDrop(int reason, TextBuffer text)
    {
        if (reason < 0)
        {
            BeginTable(text, "Dropped", "<th>Reason<th class=n>Times");
            return true;
        }

        return Row(text, DropReasonName.Of((DropReason)reason), (uint)_application.Net.Counters.Drops[reason]);
    }

    private static void BeginTable(TextBuffer text, string title, string headings)
    {
        text.Append("</table>\n<h2>");
        text.Append(title);
        text.Append("</h2>\n<table>\n<tr>");
        text.Append(headings);
        text.AppendByte('\n');
    }

    private static void BeginRow(TextBuffer text, string name)
    {
        text.Append("<tr><td>");
        text.Append(name);
        text.Append("<td>");
    }

    private static bool Row(TextBuffer text, string name, long value)
    {
        text.Append("<tr><td>");
        text.AppendHtml(name);
        text.Append("<td class=n>");
        text.Append(value, 10);
        text.AppendByte('\n');
        return value != 0;
    }

    private static void Field(TextBuffer text, string value, int width)
    {
        int start = text.Length;
        text.AppendHtml(value);
        text.FillTo(start + width);
    }
}
