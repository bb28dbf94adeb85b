using System;

namespace EmbeddedTcp.VirtualBoard.Wires;

/// <summary>A wire cannot be laid; the message is one line for the person at the console.</summary>
public sealed class WireException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing and what to do, in one line.</param>
    public WireException(string message)
        : base(message)
    {
    }
}
