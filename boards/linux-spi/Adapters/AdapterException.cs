using System;

namespace EmbeddedTcp.LinuxSpi.Adapters;

/// <summary>An adapter cannot be had; the message is one line for the person at the terminal.</summary>
/// <param name="message">What is missing and what to do.</param>
public sealed class AdapterException(string message) : Exception(message);
