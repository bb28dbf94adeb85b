using System.Reflection;

namespace EmbeddedTcp.RulesTests.House;

/// <summary>Looks up entries of the allow-list among the members of .NET, so that a misspelt one is noticed.</summary>
internal static class HostSurface
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
        | BindingFlags.Instance | BindingFlags.FlattenHierarchy;

    private static readonly Assembly[] s_assemblies =
    [
        typeof(object).Assembly, typeof(Console).Assembly, typeof(System.Collections.Stack).Assembly,
    ];

    /// <summary>True for the name of a type and for the signature of a member, inherited ones included.</summary>
    public static bool Has(string entry)
    {
        if (!entry.Contains(' ', StringComparison.Ordinal))
        {
            return Find(entry) is not null;
        }

        string[] parts = entry.Split(' ', 2);
        string[] owner = parts[1].Split("::", 2);
        if (Find(owner[0]) is not { } type)
        {
            return false;
        }

        int open = owner[1].IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return type.GetField(owner[1], Everything) is { IsStatic: true } field && Spell(field.FieldType) == parts[0];
        }

        // An optional parameter may be a second overload on the host, or not be there: any overload of that name
        // and return type with these parameters, or with more of them.
        string parameters = owner[1][(open + 1)..^1];
        IEnumerable<MethodBase> candidates = owner[1][..open] == ".ctor"
            ? type.GetConstructors(Everything)
            : type.GetMethods(Everything).Where(m => m.Name == owner[1][..open] && Spell(m.ReturnType) == parts[0]);
        return candidates.Any(m => (Spell(m.GetParameters()) + ",").StartsWith(parameters.Length == 0 ? "" : parameters + ",", StringComparison.Ordinal));
    }

    private static Type? Find(string name) =>
        s_assemblies.Select(assembly => assembly.GetType(name.Replace('/', '+'))).FirstOrDefault(static type => type is not null);

    private static string Spell(ParameterInfo[] parameters) => string.Join(',', parameters.Select(static p => Spell(p.ParameterType)));

    private static string Spell(Type type) => type switch
    {
        { IsByRef: true } => Spell(type.GetElementType()!) + "&",
        { IsArray: true } => Spell(type.GetElementType()!) + "[]",
        _ => (type.FullName ?? type.Name).Replace('+', '/'),
    };
}
