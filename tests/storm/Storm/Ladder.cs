using System.Text;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>What passed over the wire, as lines for a person; kept only when a failing seed is played again.</summary>
internal sealed class Ladder
{
    private readonly Queue<string> _lines = new Queue<string>();
    private readonly Dictionary<(int Side, int PortA, int PortB), int> _origins = new Dictionary<(int, int, int), int>();
    private readonly int _limit;
    private readonly long _start;

    internal Ladder(long start, int limit)
    {
        _start = start;
        _limit = limit;
    }

    internal void Note(long now, string text)
    {
        Add($"{now - _start,8}  {text}");
    }

    internal void Frame(long now, int side, byte[] b, int o, int length, string fate)
    {
        StringBuilder line = new StringBuilder();
        line.Append($"{now - _start,8}  {(side == 0 ? "A -> B" : "A <- B")}  ");
        WireFrame f = WireFrame.Parse(b, o, length);
        if (!f.IsTcp)
        {
            line.Append(f.EtherType == 0x0806 ? $"ARP {(b[o + 21] == 1 ? "request" : "reply")}" : $"EtherType {f.EtherType:X4}");
        }
        else
        {
            int portA = side == 0 ? f.SourcePort : f.DestinationPort;
            int portB = side == 0 ? f.DestinationPort : f.SourcePort;
            if ((f.Flags & TcpFlags.Syn) != 0)
            {
                _origins[(side, portA, portB)] = f.Seq;
            }

            _origins.TryGetValue((side, portA, portB), out int own);
            _origins.TryGetValue((1 - side, portA, portB), out int other);
            line.Append($"{portA}:{portB} {Names(f.Flags),-7} seq {f.Seq - own}");
            if ((f.Flags & TcpFlags.Ack) != 0)
            {
                line.Append($" ack {f.Ack - other}");
            }

            line.Append($" len {f.TextLength} wnd {f.Window}");
        }

        Add(line.Append("  ").Append(fate).ToString());
    }

    internal string Text()
    {
        return string.Join('\n', _lines);
    }

    private void Add(string line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > _limit)
        {
            _lines.Dequeue();
        }
    }

    private static string Names(int flags)
    {
        string names = string.Empty;
        names += (flags & TcpFlags.Syn) != 0 ? "S" : string.Empty;
        names += (flags & TcpFlags.Fin) != 0 ? "F" : string.Empty;
        names += (flags & TcpFlags.Rst) != 0 ? "R" : string.Empty;
        names += (flags & TcpFlags.Psh) != 0 ? "P" : string.Empty;
        names += (flags & TcpFlags.Urg) != 0 ? "U" : string.Empty;
        return names + ((flags & TcpFlags.Ack) != 0 ? "." : string.Empty);
    }
}
