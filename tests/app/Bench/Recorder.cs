using System;
using System.Text;
using EmbeddedTcp.App;
using EmbeddedTcp.Services.Time;

namespace EmbeddedTcp.AppTests.Bench;

/// <summary>A console that remembers what was printed.</summary>
internal sealed class Recorder : TextOutput
{
    private readonly StringBuilder _text = new();

    /// <summary>Everything since the start or the last <see cref="Clear"/>.</summary>
    public string Text => _text.ToString();

    /// <summary>The same in lines.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override void Write(string text)
    {
        _text.Append(text);
    }

    public void Clear()
    {
        _text.Clear();
    }
}

/// <summary>A clock that stands where a test puts it.</summary>
internal sealed class FixedClock(long unixSeconds) : WallClock
{
    public override long UnixSeconds => unixSeconds;
}
