using EmbeddedTcp.RulesTests.Metadata;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>Decides whether a type or a member may be used, by the allow-list and the list of host compiler choices.</summary>
internal sealed class UseJudge(AllowList allowed, HostCompilerChoices choices, OwnTypes own, IReadOnlySet<string> packages)
{
    /// <summary>What is wrong with naming a type in a signature, a local, a cast, a base list, …</summary>
    public IEnumerable<(Rule Rule, string What)> JudgeType(SigType type)
    {
        switch (type.Kind)
        {
            case SigKind.Named:
                return JudgeNamed(type.Name);

            case SigKind.GenericInstance:
                return IsHostChoice(type.ToString())
                    ? []
                    : [(Rule.Generic, type.ToString()), .. type.Arguments.SelectMany(JudgeType)];

            case SigKind.MultiDimensionalArray:
                return [(Rule.MultiDimensional, type.ToString()), .. JudgeType(type.Element!)];

            case SigKind.Pointer:
                return [(Rule.Pointer, type.ToString()), .. JudgeType(type.Element!)];

            case SigKind.Pinned:
                return [(Rule.Pointer, "fixed " + type.Element)];

            case SigKind.FunctionPointer:
                return [(Rule.FunctionPointer, type.Name)];

            case SigKind.Modified when type.Arguments[0].Name == "System.Runtime.CompilerServices.IsVolatile":
                return [(Rule.Volatile, "volatile " + type.Element)];

            case SigKind.TypeParameter: // its declaration is reported
                return [];

            default:
                return [.. JudgeType(type.Element!), .. type.Arguments.SelectMany(JudgeType)];
        }
    }

    /// <summary>What is wrong with calling, loading, storing or constructing a member.</summary>
    /// <param name="use">The member.</param>
    /// <param name="holds">Tells whether a condition of HostCompilerChoices.txt holds at this place.</param>
    public IEnumerable<(Rule Rule, string What)> JudgeMember(MemberUse use, Func<string, bool> holds)
    {
        if (choices.Find(use.Signature) is { } choice && (choice.IsUnconditional || holds(choice.When)))
        {
            return MissingOnNano(choice, use).Concat(use.MethodArguments.SelectMany(JudgeType));
        }

        if (use.Type.Kind == SigKind.MultiDimensionalArray)
        {
            return JudgeType(use.Type);
        }

        bool isGeneric = use.Type.Kind == SigKind.GenericInstance || use.MethodArguments.Length != 0;
        if (isGeneric)
        {
            bool isCompilerHelper = use.TypeName.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal);
            return isCompilerHelper ? [] : [(Rule.Generic, Describe(use))];
        }

        if (own.Contains(use.TypeName))
        {
            return [];
        }

        string? package = allowed.PackageOf(use.Signature);
        if (package is not null)
        {
            return packages.Contains(package) ? [] : [(Rule.Package, use.Signature)];
        }

        return [(allowed.PackageOf(use.TypeName) is null ? Rule.Type : Rule.Member, use.Signature)];
    }

    /// <summary>True for an enumeration of ours or of the device's.</summary>
    public bool IsEnum(SigType type) => type.Kind == SigKind.Named && (own.IsEnum(type.Name) || allowed.IsEnum(type.Name));

    private bool IsHostChoice(string type) => choices.Find(type) is { IsUnconditional: true };

    private IEnumerable<(Rule Rule, string What)> JudgeNamed(string name)
    {
        if (own.Contains(name) || IsHostChoice(name))
        {
            return [];
        }

        if (name is "System.IntPtr" or "System.UIntPtr")
        {
            return [(Rule.NativeInteger, name)];
        }

        string? package = allowed.PackageOf(name);
        return package is null ? [(Rule.Type, name)] : packages.Contains(package) ? [] : [(Rule.Package, name)];
    }

    /// <summary>The source becomes something else on the device: that must exist, and in a package the project has.</summary>
    private IEnumerable<(Rule Rule, string What)> MissingOnNano(HostCompilerChoice choice, MemberUse use)
    {
        foreach (string nano in choice.Nano)
        {
            string entry = nano;
            for (int i = 0; i < use.MethodArguments.Length; i++)
            {
                entry = entry.Replace("!!" + i, use.MethodArguments[i].ToString(), StringComparison.Ordinal);
            }

            string? package = allowed.PackageOf(entry);
            if (package is null)
            {
                yield return (Rule.Member, entry);
            }
            else if (!packages.Contains(package))
            {
                yield return (Rule.Package, entry);
            }
        }
    }

    private static string Describe(MemberUse use) =>
        use.MethodArguments.Length == 0
            ? use.Signature
            : use.Signature + " with <" + string.Join(",", use.MethodArguments) + ">";
}
