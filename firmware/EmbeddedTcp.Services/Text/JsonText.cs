using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Text;

/// <summary>
/// Composes JSON (RFC 8259) in a <see cref="TextBuffer"/>, commas included, without allocating. A document may be composed in pieces: what has
/// to be known of the pieces before is <see cref="Comma"/>.
/// </summary>
public sealed class JsonText
{
    /// <summary>Where the text goes.</summary>
    public TextBuffer Text;

    /// <summary>True when the next member or element follows another one.</summary>
    public bool Comma;

    /// <summary>Begins an object or an array.</summary>
    /// <param name="name">The member's name; null for an element or the whole document.</param>
    /// <param name="bracket">'{' or '['.</param>
    public void Begin(string name, char bracket)
    {
        Next(name);
        Text.AppendByte(bracket);
        Comma = false;
    }

    /// <summary>Ends an object or an array.</summary>
    /// <param name="bracket">'}' or ']'.</param>
    public void End(char bracket)
    {
        Text.AppendByte(bracket);
        Comma = true;
    }

    /// <summary>Ends the line, which makes no difference to the document.</summary>
    public void Line()
    {
        Text.AppendByte('\n');
    }

    /// <summary>A member that is a number.</summary>
    public void Number(string name, long value)
    {
        Next(name);
        Text.Append(value);
    }

    /// <summary>A member, or with null for its name an element, that is a string.</summary>
    public void String(string name, string value)
    {
        Next(name);
        Text.AppendJson(value);
    }

    /// <summary>A member that is true or false.</summary>
    public void Flag(string name, bool value)
    {
        Next(name);
        Text.Append(value ? "true" : "false");
    }

    /// <summary>A member that is an IPv4 address, as a string.</summary>
    public void Address(string name, uint value)
    {
        Next(name);
        Text.AppendByte('"');
        Text.AppendAddress(value);
        Text.AppendByte('"');
    }

    /// <summary>A member that is an Ethernet address, as a string.</summary>
    public void Mac(string name, byte[] value)
    {
        String(name, MacAddress.Format(value, 0));
    }

    private void Next(string name)
    {
        if (Comma)
        {
            Text.AppendByte(',');
        }

        Comma = true;
        if (name != null)
        {
            Text.AppendJson(name);
            Text.AppendByte(':');
        }
    }
}
