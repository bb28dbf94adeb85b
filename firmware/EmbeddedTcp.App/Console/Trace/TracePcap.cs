using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Tracing;

namespace EmbeddedTcp.App;

/// <summary>
/// Prints the frames of a trace as lines that text2pcap makes a capture of: direction and time, then offset and bytes in hexadecimal.
/// </summary>
internal sealed class TracePcap : Listing
{
    private const int BytesInLine = 16;
    private const string Hexadecimal = "0123456789abcdef";

    private readonly TraceRing _ring;
    private readonly TraceEntry _entry;
    private readonly int _end;
    private int _at;
    private int _offset;
    private bool _inFrame;

    internal TracePcap(TraceRing ring, TextOutput output)
        : base(output)
    {
        _ring = ring;
        _entry = new TraceEntry(ring.SnapLength);
        _at = ring.Oldest;

        // What is recorded while it prints, perhaps by its own printing, is for the next time.
        _end = ring.Next;
    }

    /// <inheritdoc/>
    protected override bool Print(int step)
    {
        if (step == 0)
        {
            Output.WriteLine("# save what follows and: text2pcap -D -t \"%s.%f\" FILE trace.pcap");
            return true;
        }

        if (_inFrame)
        {
            PrintLine();
            return true;
        }

        if (_at < _ring.Oldest)
        {
            _at = _ring.Oldest;
        }

        if (_at >= _end || !_ring.Read(_at, _entry))
        {
            Output.WriteLine("# end");
            return false;
        }

        _at++;
        if (_entry.IsSegment)
        {
            uint at = (uint)_entry.AtMs;
            string cut = _entry.Captured < _entry.FrameLength
                ? "# the first " + _entry.Captured.ToString() + " of " + _entry.FrameLength.ToString() + " bytes\n" : "";
            Output.Write(cut + (_entry.Kind == TraceKind.SegmentIn ? "I " : "O ") + (at / 1000).ToString() + "." + (at % 1000).ToString("D3") + "000\n");
            _offset = 0;
            _inFrame = true;
        }

        return true;
    }

    private void PrintLine()
    {
        string line = _offset.ToString("X4").ToLower();
        int end = _offset + BytesInLine < _entry.Captured ? _offset + BytesInLine : _entry.Captured;
        for (; _offset < end; _offset++)
        {
            int value = _entry.Frame[_offset];
            line += " " + Hexadecimal[value >> 4] + Hexadecimal[value & 15];
        }

        Output.WriteLine(line);
        _inFrame = _offset < _entry.Captured;
    }
}
