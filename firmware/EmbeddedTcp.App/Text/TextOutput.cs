namespace EmbeddedTcp.App;

/// <summary>
/// Where the application prints: a serial port, the terminal of the virtual board, a test's recorder.
/// </summary>
/// <remarks>Lines end in '\n'; an output that needs CR LF adds the CR itself. Called on the poll loop's thread only.</remarks>
public abstract class TextOutput
{
    /// <summary>Prints a text, which may hold several lines or a part of one. Must not throw and should not block for long.</summary>
    /// <param name="text">ASCII text.</param>
    public abstract void Write(string text);

    /// <summary>Characters that can be written now without any being lost. Long answers wait for it, line by line.</summary>
    public virtual int Room => int.MaxValue;

    /// <summary>Prints one line in one call, so that outputs shared with others do not interleave within it.</summary>
    /// <param name="line">ASCII text without the line's end.</param>
    public void WriteLine(string line)
    {
        Write(line + "\n");
    }
}
