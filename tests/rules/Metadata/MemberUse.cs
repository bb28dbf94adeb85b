using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace EmbeddedTcp.RulesTests.Metadata;

/// <summary>A field or method as a token in the code or an attribute names it.</summary>
internal sealed record MemberUse(
    SigType Type,
    string Name,
    SigType ReturnType,
    ImmutableArray<SigType> Parameters,
    ImmutableArray<SigType> MethodArguments,
    bool IsField,
    bool IsInstance)
{
    /// <summary>The declaring type without type arguments: what the data files list.</summary>
    public string TypeName => (Type.Kind == SigKind.GenericInstance ? Type.Element! : Type).ToString();

    /// <summary>"Return Type::Name(Parameters)", or "FieldType Type::Name" for a field.</summary>
    public string Signature => IsField
        ? $"{ReturnType} {Type}::{Name}"
        : $"{ReturnType} {Type}::{Name}({string.Join(",", Parameters)})";

    /// <summary>Reads what a field, method, reference or method-specification token stands for.</summary>
    public static MemberUse Read(LoadedModule module, EntityHandle handle)
    {
        module.Meet(handle);
        MetadataReader reader = module.Reader;
        switch (handle.Kind)
        {
            case HandleKind.MethodDefinition:
                MethodDefinition method = reader.GetMethodDefinition((MethodDefinitionHandle)handle);
                return Method(SigType.Named(module.NameOf(method.GetDeclaringType())), reader.GetString(method.Name),
                    method.DecodeSignature(module.Signatures, null), []);

            case HandleKind.FieldDefinition:
                FieldDefinition field = reader.GetFieldDefinition((FieldDefinitionHandle)handle);
                return new MemberUse(SigType.Named(module.NameOf(field.GetDeclaringType())), reader.GetString(field.Name),
                    field.DecodeSignature(module.Signatures, null), [], [], true, false);

            case HandleKind.MethodSpecification:
                MethodSpecification specification = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                return Read(module, specification.Method) with
                {
                    MethodArguments = specification.DecodeSignature(module.Signatures, null),
                };

            case HandleKind.MemberReference:
                MemberReference reference = reader.GetMemberReference((MemberReferenceHandle)handle);
                SigType parent = reference.Parent.Kind == HandleKind.MethodDefinition
                    ? Read(module, reference.Parent).Type
                    : module.TypeOf(reference.Parent);
                return reference.GetKind() == MemberReferenceKind.Field
                    ? new MemberUse(parent, reader.GetString(reference.Name),
                        reference.DecodeFieldSignature(module.Signatures, null), [], [], true, false)
                    : Method(parent, reader.GetString(reference.Name), reference.DecodeMethodSignature(module.Signatures, null), []);

            default:
                throw new BadImageFormatException($"{module.Name}: {handle.Kind} where a member was expected");
        }
    }

    private static MemberUse Method(SigType type, string name, MethodSignature<SigType> signature, ImmutableArray<SigType> arguments) =>
        new(type, name, signature.ReturnType, signature.ParameterTypes, arguments, false, signature.Header.IsInstance);
}
