using System;
using EmbeddedTcp.App;

namespace EmbeddedTcp.DeviceSoak;

/// <summary>A serial terminal with a script for a person and the standard output for a screen.</summary>
public sealed class ScriptedTerminal : SerialTerminal
{
    private string _script = "";
    private int _next;

    /// <summary>A terminal as the boards have it.</summary>
    public ScriptedTerminal(StackOptions options)
        : base(115200, 120, OutputRing.UsualSize)
    {
    }

    /// <summary>Characters of the script that were not taken yet.</summary>
    public int Untyped => _script.Length - _next;

    /// <summary>Types a script.</summary>
    public void Type(string script)
    {
        _script = script;
        _next = 0;
    }

    /// <inheritdoc/>
    protected override int Receive(byte[] buffer)
    {
        int count = 0;
        while (count < buffer.Length && _next < _script.Length)
        {
            buffer[count++] = (byte)_script[_next++];
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Transmit(byte[] buffer, int count)
    {
        char[] text = new char[count];
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            if (buffer[i] != '\r')
            {
                text[length++] = (char)buffer[i];
            }
        }

        Console.Write(new string(text, 0, length));
    }
}
