using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using EmbeddedTcp.RulesTests.Metadata;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>The types that the examined assemblies define: they go to the device with their users.</summary>
internal sealed class OwnTypes
{
    private readonly Dictionary<string, (LoadedModule Module, TypeDefinition Definition)> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _changesThis = new(StringComparer.Ordinal);

    public OwnTypes(IEnumerable<LoadedModule> modules)
    {
        foreach (LoadedModule module in modules)
        {
            foreach (TypeDefinitionHandle handle in module.Reader.TypeDefinitions)
            {
                // Names the compiler makes up (<PrivateImplementationDetails>, <Module>) repeat from assembly to
                // assembly; they are used within their own only, where the first one found tells as much.
                _types.TryAdd(module.NameOf(handle), (module, module.Reader.GetTypeDefinition(handle)));
            }
        }
    }

    public bool Contains(string name) => _types.ContainsKey(name);

    public bool IsEnum(string name) => BaseOf(name) == "System.Enum";

    public bool IsStruct(string name) => BaseOf(name) == "System.ValueType";

    public bool IsDelegate(string name) => BaseOf(name) == "System.MulticastDelegate";

    /// <summary>True when a method of a struct may change the instance it is called on, as far as its code shows.</summary>
    public bool ChangesThis(MemberUse use)
    {
        if (!IsStruct(use.TypeName) || !use.IsInstance || use.IsField)
        {
            return false;
        }

        if (_changesThis.TryGetValue(use.Signature, out bool known))
        {
            return known;
        }

        _changesThis[use.Signature] = false; // ends recursion
        (LoadedModule module, TypeDefinition type) = _types[use.TypeName];
        bool changes = type.GetMethods()
            .Where(handle => MemberUse.Read(module, handle).Signature == use.Signature)
            .Any(handle => ChangesThis(module, module.Reader.GetMethodDefinition(handle)));
        _changesThis[use.Signature] = changes;
        return changes;
    }

    /// <summary>True when the method takes the parameter as "in" or "ref readonly" and so cannot change it.</summary>
    public bool TakesReadOnly(MemberUse use, int parameter)
    {
        if (!_types.TryGetValue(use.TypeName, out (LoadedModule Module, TypeDefinition Definition) owner))
        {
            return true; // a listed member: none of those changes one of our structs
        }

        MetadataReader reader = owner.Module.Reader;
        return owner.Definition.GetMethods()
            .Where(handle => MemberUse.Read(owner.Module, handle).Signature == use.Signature)
            .SelectMany(handle => reader.GetMethodDefinition(handle).GetParameters())
            .Select(reader.GetParameter)
            .Any(p => p.SequenceNumber == parameter + 1 && p.Attributes.HasFlag(ParameterAttributes.In));
    }

    private string BaseOf(string name)
    {
        if (!_types.TryGetValue(name, out (LoadedModule Module, TypeDefinition Definition) type) || type.Definition.BaseType.IsNil)
        {
            return "";
        }

        return type.Module.TypeOf(type.Definition.BaseType).ToString();
    }

    private bool ChangesThis(LoadedModule module, MethodDefinition method)
    {
        if (module.BodyOf(method) is not { } body)
        {
            return false;
        }

        MethodFlow flow = new(module, method, body);
        return Enumerable.Range(0, flow.Instructions.Count)
            .Any(i => flow.Instructions[i].OpCode == OpCodes.Ldarg_0 && StructChanges.IsChanged(flow, i, this));
    }
}
