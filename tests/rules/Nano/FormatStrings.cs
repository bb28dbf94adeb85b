using System.Text.RegularExpressions;
using EmbeddedTcp.RulesTests.Metadata;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>Finds constant format strings that the device does not understand.</summary>
internal static partial class FormatStrings
{
    private const string InterpolationHandler = "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler";

    private static readonly string[] s_numbers =
    [
        "System.Byte", "System.SByte", "System.Int16", "System.UInt16", "System.Int32", "System.UInt32", "System.Int64",
        "System.UInt64", "System.Single", "System.Double",
    ];

    /// <summary>The bad formats that a call gets as constants.</summary>
    public static IEnumerable<string> BadOnesIn(MethodFlow flow, int call, MemberUse callee)
    {
        if (callee.Name == "ToString" && s_numbers.Contains(callee.TypeName) && callee.Parameters is [{ Name: "System.String" }])
        {
            return Bad(flow.ConstantString(call, 1));
        }

        if (callee.TypeName == InterpolationHandler && callee.Name == "AppendFormatted"
            && callee.Parameters is [.., { Name: "System.String" }])
        {
            return callee.Parameters.Length == 1 ? [] : Bad(flow.ConstantString(call, callee.Parameters.Length));
        }

        if (callee.TypeName == "System.String" && callee.Name == "Format" && flow.ConstantString(call, 0) is { } composite)
        {
            return Placeholder().Matches(composite.Replace("{{", "", StringComparison.Ordinal))
                .SelectMany(static match => Bad(match.Groups["format"].Value));
        }

        return [];
    }

    private static IEnumerable<string> Bad(string? format) =>
        string.IsNullOrEmpty(format) || Known().IsMatch(format) ? [] : ["the format \"" + format + "\""];

    [GeneratedRegex("^[DdFfGgNnXx][0-9]*$")]
    private static partial Regex Known();

    [GeneratedRegex(@"\{[0-9]+(,-?[0-9]+)?:(?<format>[^}]*)\}")]
    private static partial Regex Placeholder();
}
