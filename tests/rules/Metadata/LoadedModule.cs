using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace EmbeddedTcp.RulesTests.Metadata;

/// <summary>One assembly under examination, with its portable pdb if there is one beside it.</summary>
internal sealed class LoadedModule : IDisposable
{
    private readonly PEReader _image;
    private readonly MetadataReaderProvider? _symbols;
    private readonly HashSet<EntityHandle> _met = [];

    public LoadedModule(string path)
    {
        _image = new PEReader(File.OpenRead(path));
        Reader = _image.GetMetadataReader();
        Name = Reader.GetString(Reader.GetAssemblyDefinition().Name);
        Signatures = new SignatureReader(this);

        string pdb = Path.ChangeExtension(path, ".pdb");
        if (File.Exists(pdb))
        {
            _symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(pdb));
        }
    }

    public string Name { get; }

    public MetadataReader Reader { get; }

    public SignatureReader Signatures { get; }

    public void Dispose()
    {
        _symbols?.Dispose();
        _image.Dispose();
    }

    /// <summary>The method's code, or null for an abstract or external one.</summary>
    public MethodBodyBlock? BodyOf(MethodDefinition method) =>
        method.RelativeVirtualAddress == 0 ? null : _image.GetMethodBody(method.RelativeVirtualAddress);

    /// <summary>Remembers that a row of the member, type or method-specification table was examined.</summary>
    public void Meet(EntityHandle handle) => _met.Add(handle);

    /// <summary>Rows that name something of another assembly and that no examination came across.</summary>
    public IEnumerable<string> NeverMet()
    {
        // The assembly-wide security declaration that AllowUnsafeBlocks adds is a blob, not a use; the module
        // attribute that comes with it is reported.
        foreach (TypeReferenceHandle handle in Reader.TypeReferences.Where(h => NameOf(h).StartsWith("System.Security.Permissions.", StringComparison.Ordinal)))
        {
            _met.UnionWith(Reader.MemberReferences.Where(m => Reader.GetMemberReference(m).Parent == handle).Select(static m => (EntityHandle)m));
        }

        foreach (MemberReferenceHandle handle in Reader.MemberReferences.Where(h => !_met.Contains(h)))
        {
            yield return "member " + Reader.GetString(Reader.GetMemberReference(handle).Name);
        }

        foreach (TypeReferenceHandle handle in Reader.TypeReferences.Where(h => !_met.Contains(h)))
        {
            yield return "type " + Reader.GetString(Reader.GetTypeReference(handle).Name);
        }
    }

    public string NameOf(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Reader.GetTypeDefinition(handle);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        return outer.IsNil
            ? Qualified(type.Namespace, type.Name)
            : NameOf(outer) + "/" + Reader.GetString(type.Name);
    }

    public string NameOf(TypeReferenceHandle handle)
    {
        Meet(handle);
        TypeReference type = Reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf((TypeReferenceHandle)type.ResolutionScope) + "/" + Reader.GetString(type.Name)
            : Qualified(type.Namespace, type.Name);
    }

    /// <summary>The type behind a definition, reference or specification token.</summary>
    public SigType TypeOf(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => SigType.Named(NameOf((TypeDefinitionHandle)handle)),
        HandleKind.TypeReference => SigType.Named(NameOf((TypeReferenceHandle)handle)),
        HandleKind.TypeSpecification => Signatures.GetTypeFromSpecification(Reader, null, (TypeSpecificationHandle)handle, 0),
        _ => throw new BadImageFormatException($"{Name}: {handle.Kind} where a type was expected"),
    };

    /// <summary>Source file and line of an instruction, or of the method's first line; null without symbols.</summary>
    public string? LineOf(MethodDefinitionHandle method, int offset)
    {
        if (_symbols is null)
        {
            return null;
        }

        MetadataReader pdb = _symbols.GetMetadataReader();
        SequencePoint? best = null;
        foreach (SequencePoint point in pdb.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
        {
            if (!point.IsHidden && (best is null || point.Offset <= offset))
            {
                best = point;
            }
        }

        return best is { } found ? pdb.GetString(pdb.GetDocument(found.Document).Name) + ":" + found.StartLine : null;
    }

    /// <summary>The slots of the locals that the source names; null without symbols.</summary>
    public IReadOnlySet<int>? NamedLocals(MethodDefinitionHandle method)
    {
        if (_symbols is null)
        {
            return null;
        }

        MetadataReader pdb = _symbols.GetMetadataReader();
        return pdb.GetLocalScopes(method.ToDebugInformationHandle())
            .SelectMany(scope => pdb.GetLocalScope(scope).GetLocalVariables())
            .Select(variable => pdb.GetLocalVariable(variable).Index)
            .ToHashSet();
    }

    private string Qualified(StringHandle space, StringHandle name) =>
        space.IsNil ? Reader.GetString(name) : Reader.GetString(space) + "." + Reader.GetString(name);
}
