using System.Text.RegularExpressions;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>Names a place as its author would: without the classes and names the compiler makes up.</summary>
internal static partial class CallerNames
{
    /// <summary>The type, or the one around a closure; nested types with '.'.</summary>
    public static string OfType(string typeName)
    {
        int madeUp = typeName.IndexOf("/<", StringComparison.Ordinal);
        return (madeUp < 0 ? typeName : typeName[..madeUp]).Replace('/', '.');
    }

    /// <summary>Type.Method; a lambda counts as its method, a local function as Method.Function.</summary>
    public static string OfMethod(string typeName, string methodName)
    {
        Match madeUp = MadeUpName().Match(methodName);
        if (madeUp.Success)
        {
            methodName = madeUp.Groups["method"].Value + (madeUp.Groups["local"].Success ? "." + madeUp.Groups["local"].Value : "");
        }

        return OfType(typeName) + "." + methodName;
    }

    /// <summary>True for the class behind an iterator or an async method.</summary>
    public static bool IsStateMachine(string typeName) => StateMachine().IsMatch(typeName);

    [GeneratedRegex(@"^<(?<method>[^>]+)>(b__|g__(?<local>[^|]+)\|)")]
    private static partial Regex MadeUpName();

    [GeneratedRegex("/<[^>]*>d__[0-9]+(`[0-9]+)?$")]
    private static partial Regex StateMachine();
}
