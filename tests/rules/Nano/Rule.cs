namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>Something that code for nanoFramework 1.x must not do, and why.</summary>
internal sealed record Rule(string Id, string Why)
{
    public static readonly Rule Member = new("member", "not in NanoAllowList.txt");
    public static readonly Rule Type = new("type", "not in NanoAllowList.txt");
    public static readonly Rule Package = new("package", "the project references no package that has it on the device");
    public static readonly Rule Generic = new("generic", "1.x has no generic types or methods: refused by the metadata processor or a crash on the device");
    public static readonly Rule Iterator = new("iterator", "yield needs generic interfaces");
    public static readonly Rule Async = new("async", "there is no Task and no async machinery");
    public static readonly Rule Checked = new("checked", "checked arithmetic never throws on the device");
    public static readonly Rule MultiDimensional = new("multi-dimensional-array", "only arrays of arrays work");
    public static readonly Rule StackAlloc = new("stackalloc", "crashes or throws on the device");
    public static readonly Rule Pointer = new("pointer", "pointers and fixed crash or throw on the device");
    public static readonly Rule FunctionPointer = new("function-pointer", "crashes or throws on the device");
    public static readonly Rule FixedBuffer = new("fixed-buffer", "crashes or throws on the device");
    public static readonly Rule ExplicitLayout = new("explicit-layout", "refused by the metadata processor");
    public static readonly Rule Volatile = new("volatile", "refused by the metadata processor");
    public static readonly Rule DefaultInterfaceMethod = new("default-interface-method", "crashes or throws on the device");
    public static readonly Rule Record = new("record", "does not compile for the device");
    public static readonly Rule Required = new("required", "does not compile for the device");
    public static readonly Rule Dynamic = new("dynamic", "does not compile for the device");
    public static readonly Rule EnumToString = new("enum-to-string", "prints a number on the device; name the values in a switch");
    public static readonly Rule Format = new("format", "the device knows D, F, G, N and X with digits after them, nothing else");
    public static readonly Rule StructCopy = new("struct-copy", "a copied struct may alias the original on the device; never mutate one");
    public static readonly Rule NativeInteger = new("native-integer", "not known to work on the device; use int or uint");
    public static readonly Rule AggressiveInlining = new("aggressive-inlining", "refused by the metadata processor");
    public static readonly Rule External = new("external", "there is no native code behind our assemblies");
    public static readonly Rule OpCode = new("opcode", "the interpreter does not have it");

    /// <summary>All of them: each must be proven by a sample.</summary>
    public static readonly Rule[] All =
    [
        Member, Type, Package, Generic, Iterator, Async, Checked, MultiDimensional, StackAlloc, Pointer, FunctionPointer, FixedBuffer,
        ExplicitLayout, Volatile, DefaultInterfaceMethod, Record, Required, Dynamic, EnumToString, Format, StructCopy, NativeInteger,
        AggressiveInlining, External, OpCode,
    ];
}

/// <summary>One breach of a rule: who, what, and where in the source when the symbols tell.</summary>
internal sealed record Finding(Rule Rule, string Caller, string What, string? Where)
{
    public override string ToString() => $"{Where ?? "(no line)"}: {Caller} uses {What} [{Rule.Id}: {Rule.Why}]";
}
