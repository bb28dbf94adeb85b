namespace EmbeddedTcp.App;

/// <summary>Prints on two outputs, on the second one only as long as it is wanted: boot messages on the debugger's port, for instance.</summary>
public sealed class MirroredOutput : TextOutput
{
    private readonly TextOutput _first;
    private readonly TextOutput _second;

    /// <summary>Prints on both.</summary>
    public MirroredOutput(TextOutput first, TextOutput second)
    {
        _first = first;
        _second = second;
        Mirroring = true;
    }

    /// <summary>False when the second output is to be left alone.</summary>
    public bool Mirroring { get; set; }

    /// <inheritdoc/>
    public override int Room => _first.Room;

    /// <inheritdoc/>
    public override void Write(string text)
    {
        _first.Write(text);
        if (Mirroring)
        {
            _second.Write(text);
        }
    }
}
