namespace EmbeddedTcp.App;

/// <summary>Prints a list of items, separated by commas, in lines that fit the console.</summary>
public sealed class LineWrap
{
    private readonly TextOutput _output;
    private readonly string _indent;
    private string _line;

    /// <summary>An empty list.</summary>
    /// <param name="output">Where it is printed.</param>
    /// <param name="start">Begins the first line.</param>
    /// <param name="indent">Begins every other line.</param>
    public LineWrap(TextOutput output, string start, string indent)
    {
        _output = output;
        _line = start;
        _indent = indent;
        Empty = true;
    }

    /// <summary>True while nothing was added.</summary>
    public bool Empty { get; private set; }

    /// <summary>Adds an item.</summary>
    public void Add(string item)
    {
        string joint = Empty ? "" : ", ";
        if (!Empty && _line.Length + joint.Length + item.Length + 1 > Format.Columns)
        {
            _output.WriteLine(_line + ",");
            _line = _indent;
            joint = "";
        }

        _line += joint + item;
        Empty = false;
    }

    /// <summary>Prints what has not been printed yet.</summary>
    public void End()
    {
        _output.WriteLine(_line);
    }
}
