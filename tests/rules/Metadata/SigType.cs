using System.Collections.Immutable;

namespace EmbeddedTcp.RulesTests.Metadata;

/// <summary>What a <see cref="SigType"/> node is.</summary>
internal enum SigKind
{
    /// <summary>A class, struct, enum, interface or primitive, with its full name.</summary>
    Named,

    /// <summary>T[]</summary>
    Array,

    /// <summary>T[,] and the like.</summary>
    MultiDimensionalArray,

    /// <summary>T&amp;: ref, out and in.</summary>
    ByReference,

    /// <summary>T*</summary>
    Pointer,

    /// <summary>delegate*&lt;…&gt;</summary>
    FunctionPointer,

    /// <summary>A generic type with its arguments.</summary>
    GenericInstance,

    /// <summary>!0 or !!0: a type parameter of the type or of the method.</summary>
    TypeParameter,

    /// <summary>A type with modopt or modreq; the modifier is the only argument.</summary>
    Modified,

    /// <summary>A local that a fixed statement pins.</summary>
    Pinned,
}

/// <summary>A type as a signature spells it, whatever assembly it comes from.</summary>
internal sealed record SigType(SigKind Kind, string Name, SigType? Element, ImmutableArray<SigType> Arguments)
{
    /// <summary>A type of that full name; nested types are joined by '/'.</summary>
    public static SigType Named(string name) => new(SigKind.Named, name, null, []);

    /// <summary>A node around one inner type.</summary>
    public static SigType Around(SigKind kind, SigType element) => new(kind, "", element, []);

    /// <summary>The spelling that the data files use; modifiers and pinning are not part of it.</summary>
    public override string ToString() => Kind switch
    {
        SigKind.Named or SigKind.TypeParameter => Name,
        SigKind.Array => Element + "[]",
        SigKind.MultiDimensionalArray => Element + "[" + Name + "]",
        SigKind.ByReference => Element + "&",
        SigKind.Pointer => Element + "*",
        SigKind.GenericInstance => Element + "<" + string.Join(",", Arguments) + ">",
        SigKind.Modified or SigKind.Pinned => Element!.ToString(),
        _ => Name,
    };
}
