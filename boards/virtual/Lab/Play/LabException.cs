using System;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>A scenario cannot go on; the message is one line for a person.</summary>
public sealed class LabException(string message) : Exception(message);
