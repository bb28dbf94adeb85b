using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace EmbeddedTcp.RulesTests.Metadata;

/// <summary>Turns signature blobs into <see cref="SigType"/> trees and remembers which type references it met.</summary>
internal sealed class SignatureReader(LoadedModule module) : ISignatureTypeProvider<SigType, object?>
{
    public SigType GetPrimitiveType(PrimitiveTypeCode typeCode) => SigType.Named("System." + typeCode);

    public SigType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        SigType.Named(module.NameOf(handle));

    public SigType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        SigType.Named(module.NameOf(handle));

    public SigType GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public SigType GetSZArrayType(SigType elementType) => SigType.Around(SigKind.Array, elementType);

    public SigType GetArrayType(SigType elementType, ArrayShape shape) =>
        new(SigKind.MultiDimensionalArray, new string(',', shape.Rank - 1), elementType, []);

    public SigType GetByReferenceType(SigType elementType) => SigType.Around(SigKind.ByReference, elementType);

    public SigType GetPointerType(SigType elementType) => SigType.Around(SigKind.Pointer, elementType);

    public SigType GetPinnedType(SigType elementType) => SigType.Around(SigKind.Pinned, elementType);

    public SigType GetFunctionPointerType(MethodSignature<SigType> signature) =>
        new(SigKind.FunctionPointer, "delegate*<" + string.Join(",", signature.ParameterTypes.Append(signature.ReturnType)) + ">",
            null, [.. signature.ParameterTypes, signature.ReturnType]);

    public SigType GetGenericInstantiation(SigType genericType, ImmutableArray<SigType> typeArguments) =>
        new(SigKind.GenericInstance, "", genericType, typeArguments);

    public SigType GetGenericTypeParameter(object? genericContext, int index) =>
        new(SigKind.TypeParameter, "!" + index, null, []);

    public SigType GetGenericMethodParameter(object? genericContext, int index) =>
        new(SigKind.TypeParameter, "!!" + index, null, []);

    public SigType GetModifiedType(SigType modifier, SigType unmodifiedType, bool isRequired) =>
        new(SigKind.Modified, "", unmodifiedType, [modifier]);
}
