using System.Reflection;
using System.Reflection.Metadata;
using EmbeddedTcp.RulesTests.Metadata;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>One assembly to examine and the device packages that its project may use.</summary>
internal sealed record Component(LoadedModule Module, IReadOnlySet<string> Packages);

/// <summary>Examines assemblies together: what one defines, the others may use.</summary>
internal sealed class NanoScanner(AllowList allowed, HostCompilerChoices choices, IReadOnlyList<Component> components)
{
    private readonly OwnTypes _own = new(components.Select(static c => c.Module));

    /// <summary>Every breach of a rule, in the order of the assemblies' tables.</summary>
    public List<Finding> Scan()
    {
        StructCopies copies = new(_own);
        List<Finding> findings = [];
        foreach (Component component in components)
        {
            UseJudge judge = new(allowed, choices, _own, component.Packages);
            findings.AddRange(new ModuleScanner(component.Module, judge, _own, copies).Scan());

            // The guard of the guard: a reference in the tables that no place of use led to was not judged.
            string[] unjudged = [.. component.Module.NeverMet()];
            if (unjudged.Length != 0)
            {
                throw new InvalidOperationException($"{component.Module.Name}: the scanner overlooked {string.Join(", ", unjudged)}");
            }
        }

        findings.AddRange(copies.ExamineFields());
        return [.. findings.Distinct()];
    }
}

/// <summary>Examines the types, members and attributes of one assembly.</summary>
internal sealed class ModuleScanner(LoadedModule module, UseJudge judge, OwnTypes own, StructCopies copies)
{
    private const string CompilerServices = "System.Runtime.CompilerServices.";

    private static readonly Dictionary<string, Rule> s_telltaleAttributes = new()
    {
        [CompilerServices + "IteratorStateMachineAttribute"] = Rule.Iterator,
        [CompilerServices + "AsyncStateMachineAttribute"] = Rule.Async,
        [CompilerServices + "AsyncIteratorStateMachineAttribute"] = Rule.Async,
        [CompilerServices + "RequiredMemberAttribute"] = Rule.Required,
        [CompilerServices + "DynamicAttribute"] = Rule.Dynamic,
        [CompilerServices + "FixedBufferAttribute"] = Rule.FixedBuffer,
        ["System.Security.UnverifiableCodeAttribute"] = Rule.Pointer, // AllowUnsafeBlocks
    };

    private readonly MetadataReader _reader = module.Reader;
    private readonly List<Finding> _findings = [];
    private readonly HashSet<MethodDefinitionHandle> _eventAccessors = [];
    private bool _muted;

    public List<Finding> Scan()
    {
        JudgeAttributes(_reader.GetAssemblyDefinition().GetCustomAttributes(), module.Name);
        JudgeAttributes(_reader.GetModuleDefinition().GetCustomAttributes(), module.Name);
        foreach (TypeDefinitionHandle handle in _reader.TypeDefinitions)
        {
            ScanType(handle);
        }

        return _findings;
    }

    private void ScanType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _reader.GetTypeDefinition(handle);
        string name = module.NameOf(handle);
        string caller = CallerNames.OfType(name);
        bool isRecord = type.GetMethods().Any(m => _reader.GetString(_reader.GetMethodDefinition(m).Name) is "<Clone>$" or "PrintMembers"
            && IsCompilerGenerated(_reader.GetMethodDefinition(m).GetCustomAttributes()));
        bool isDelegate = own.IsDelegate(name);

        // What the compiler adds to a record, an iterator or an async method follows from it and is not repeated.
        // Its own helpers (string hashes, array data, the exception of a switch expression) are the device's compiler's
        // own affair there; whoever uses one is judged.
        _muted = IsCompilerHelper(name) || isRecord || CallerNames.IsStateMachine(name);
        JudgeTypeHeader(type, caller);
        foreach (EventDefinitionHandle eventHandle in type.GetEvents())
        {
            EventAccessors accessors = _reader.GetEventDefinition(eventHandle).GetAccessors();
            _eventAccessors.Add(accessors.Adder);
            _eventAccessors.Add(accessors.Remover);
            JudgeAttributes(_reader.GetEventDefinition(eventHandle).GetCustomAttributes(), caller);
        }

        foreach (FieldDefinitionHandle fieldHandle in type.GetFields())
        {
            FieldDefinition field = _reader.GetFieldDefinition(fieldHandle);
            string fieldName = caller + "." + _reader.GetString(field.Name);
            JudgeType(field.DecodeSignature(module.Signatures, null), fieldName, null);
            JudgeAttributes(field.GetCustomAttributes(), fieldName);
        }

        foreach (PropertyDefinitionHandle propertyHandle in type.GetProperties())
        {
            PropertyDefinition property = _reader.GetPropertyDefinition(propertyHandle);
            JudgeType(property.DecodeSignature(module.Signatures, null).ReturnType, caller + "." + _reader.GetString(property.Name), null);
            JudgeAttributes(property.GetCustomAttributes(), caller + "." + _reader.GetString(property.Name));
        }

        bool mutedType = _muted;
        foreach (MethodDefinitionHandle methodHandle in type.GetMethods())
        {
            MethodDefinition method = _reader.GetMethodDefinition(methodHandle);
            bool generated = IsCompilerGenerated(method.GetCustomAttributes());
            _muted = isRecord ? generated : mutedType;
            ScanMethod(type, name, methodHandle, method, isDelegate);
        }

        _muted = false;
        if (isRecord)
        {
            Report(Rule.Record, caller, "record " + name, null);
        }
    }

    private void JudgeTypeHeader(TypeDefinition type, string caller)
    {
        if (!type.BaseType.IsNil)
        {
            JudgeType(module.TypeOf(type.BaseType), caller, null);
        }

        foreach (InterfaceImplementationHandle handle in type.GetInterfaceImplementations())
        {
            InterfaceImplementation implementation = _reader.GetInterfaceImplementation(handle);
            JudgeType(module.TypeOf(implementation.Interface), caller, null);
            JudgeAttributes(implementation.GetCustomAttributes(), caller);
        }

        foreach (MethodImplementationHandle handle in type.GetMethodImplementations())
        {
            MemberUse declaration = MemberUse.Read(module, _reader.GetMethodImplementation(handle).MethodDeclaration);
            foreach ((Rule rule, string what) in judge.JudgeMember(declaration, static _ => false))
            {
                Report(rule, caller, what, null);
            }
        }

        JudgeAttributes(type.GetCustomAttributes(), caller);
        JudgeGenericParameters(type.GetGenericParameters(), caller);
        if (type.Attributes.HasFlag(TypeAttributes.ExplicitLayout))
        {
            Report(Rule.ExplicitLayout, caller, "LayoutKind.Explicit", null);
        }
    }

    private void ScanMethod(TypeDefinition type, string typeName, MethodDefinitionHandle handle, MethodDefinition method, bool isDelegate)
    {
        string methodName = _reader.GetString(method.Name);
        string caller = CallerNames.OfMethod(typeName, methodName);
        string? line = module.LineOf(handle, 0);
        bool mutedBefore = _muted;
        foreach (Rule rule in TelltaleRules(method.GetCustomAttributes()).Where(static r => r == Rule.Iterator || r == Rule.Async))
        {
            Report(rule, caller, rule.Id, line);
            _muted = true; // the rest of it is the state machine's
        }

        JudgeAttributes(method.GetCustomAttributes(), caller);
        MethodSignature<SigType> signature = method.DecodeSignature(module.Signatures, null);
        bool runtimeProvides = isDelegate && method.RelativeVirtualAddress == 0; // a delegate's constructor takes a native integer
        bool mutedSignature = _muted;
        _muted |= runtimeProvides && methodName != "Invoke";
        JudgeGenericParameters(method.GetGenericParameters(), caller);
        JudgeType(signature.ReturnType, caller, line);
        foreach (SigType parameter in signature.ParameterTypes)
        {
            JudgeType(parameter, caller, line);
        }

        _muted = mutedSignature;
        foreach (ParameterHandle parameter in method.GetParameters())
        {
            JudgeAttributes(_reader.GetParameter(parameter).GetCustomAttributes(), caller);
        }

        JudgeFlags(type, method, caller, line, runtimeProvides);
        if (module.BodyOf(method) is { } body)
        {
            ScanBody(handle, method, body, caller);
        }

        _muted = mutedBefore;
    }

    private void JudgeFlags(TypeDefinition type, MethodDefinition method, string caller, string? line, bool runtimeProvides)
    {
        if (method.ImplAttributes.HasFlag(MethodImplAttributes.AggressiveInlining) || method.ImplAttributes.HasFlag(MethodImplAttributes.AggressiveOptimization))
        {
            Report(Rule.AggressiveInlining, caller, method.ImplAttributes.ToString(), line);
        }

        bool isExternal = method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)
            || (method.RelativeVirtualAddress == 0 && !method.Attributes.HasFlag(MethodAttributes.Abstract) && !runtimeProvides);
        if (isExternal)
        {
            Report(Rule.External, caller, "extern", line);
        }

        bool isInstanceInterfaceCode = type.Attributes.HasFlag(TypeAttributes.Interface)
            && !method.Attributes.HasFlag(MethodAttributes.Static)
            && !method.Attributes.HasFlag(MethodAttributes.Abstract);
        if (isInstanceInterfaceCode)
        {
            Report(Rule.DefaultInterfaceMethod, caller, "an interface method with a body", line);
        }
    }

    private void ScanBody(MethodDefinitionHandle handle, MethodDefinition method, MethodBodyBlock body, string caller)
    {
        MethodFlow flow = new(module, method, body);
        BodyScanner scanner = new(flow, body, judge, _eventAccessors.Contains(handle));
        foreach ((Rule rule, string what, int offset) in scanner.Scan())
        {
            Report(rule, caller, what, module.LineOf(handle, offset));
        }

        foreach (Finding finding in copies.Examine(flow, handle, caller))
        {
            Report(finding.Rule, finding.Caller, finding.What, finding.Where);
        }
    }

    private void JudgeType(SigType type, string caller, string? line)
    {
        foreach ((Rule rule, string what) in judge.JudgeType(type))
        {
            Report(rule, caller, what, line);
        }
    }

    private void JudgeGenericParameters(GenericParameterHandleCollection parameters, string caller)
    {
        if (parameters.Count != 0)
        {
            Report(Rule.Generic, caller, "type parameters", null);
        }

        foreach (GenericParameterHandle handle in parameters)
        {
            GenericParameter parameter = _reader.GetGenericParameter(handle);
            JudgeAttributes(parameter.GetCustomAttributes(), caller);
            foreach (GenericParameterConstraintHandle constraint in parameter.GetConstraints())
            {
                JudgeType(module.TypeOf(_reader.GetGenericParameterConstraint(constraint).Type), caller, null);
            }
        }
    }

    private void JudgeAttributes(CustomAttributeHandleCollection attributes, string caller)
    {
        foreach (CustomAttributeHandle handle in attributes)
        {
            MemberUse constructor = MemberUse.Read(module, _reader.GetCustomAttribute(handle).Constructor);
            if (s_telltaleAttributes.TryGetValue(constructor.TypeName, out Rule? rule))
            {
                if (rule != Rule.Iterator && rule != Rule.Async)
                {
                    Report(rule, caller, rule.Id, null);
                }

                continue;
            }

            foreach ((Rule broken, string what) in judge.JudgeMember(constructor, static _ => false))
            {
                Report(broken, caller, "attribute " + what, null);
            }
        }
    }

    private IEnumerable<Rule> TelltaleRules(CustomAttributeHandleCollection attributes) =>
        attributes
            .Select(handle => MemberUse.Read(module, _reader.GetCustomAttribute(handle).Constructor).TypeName)
            .Where(s_telltaleAttributes.ContainsKey)
            .Select(static name => s_telltaleAttributes[name]);

    private bool IsCompilerGenerated(CustomAttributeHandleCollection attributes) =>
        attributes.Any(handle => MemberUse.Read(module, _reader.GetCustomAttribute(handle).Constructor).TypeName
            == CompilerServices + "CompilerGeneratedAttribute");

    private static bool IsCompilerHelper(string typeName) =>
        typeName.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal)
        || typeName.StartsWith("<>", StringComparison.Ordinal)
        || typeName == "Microsoft.CodeAnalysis.EmbeddedAttribute";

    private void Report(Rule rule, string caller, string what, string? where)
    {
        if (!_muted)
        {
            _findings.Add(new Finding(rule, caller, what, where));
        }
    }
}
