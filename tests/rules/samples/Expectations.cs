using System;

namespace EmbeddedTcp.RuleSamples;

/// <summary>Says which rules the scanner must report for a class, and so which it must not.</summary>
/// <param name="rules">The rules' identifiers.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
public sealed class BreaksAttribute(params string[] rules) : Attribute
{
    /// <summary>The rules' identifiers.</summary>
    public string[] Rules { get; } = rules;
}

/// <summary>Says that the scanner must report nothing for a class.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
public sealed class CleanAttribute : Attribute
{
}
