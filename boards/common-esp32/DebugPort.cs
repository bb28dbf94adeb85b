using System;
using EmbeddedTcp.App;

namespace EmbeddedTcp.Boards;

/// <summary>The debugger's port, on which text is readable while no debugger is attached. Output only.</summary>
public sealed class DebugPort : TextOutput
{
    /// <inheritdoc/>
    public override void Write(string text)
    {
        Console.Write(text);
    }
}
