using EmbeddedTcp.App;

namespace EmbeddedTcp.Boards;

/// <summary>Prints nowhere.</summary>
public sealed class NoOutput : TextOutput
{
    /// <inheritdoc/>
    public override void Write(string text)
    {
    }
}
