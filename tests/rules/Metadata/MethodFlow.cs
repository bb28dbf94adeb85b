using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace EmbeddedTcp.RulesTests.Metadata;

/// <summary>
/// Which instruction made each value that an instruction takes from the evaluation stack, and who takes what it makes.
/// </summary>
/// <remarks>
/// One pass from top to bottom suffices: after an unconditional branch the stack is empty unless an earlier branch
/// led there (ECMA-335 §III.1.7.5). Where two paths meet, a value has several makers.
/// </remarks>
internal sealed class MethodFlow
{
    private static readonly int[] s_outside = [];

    private readonly int[][][] _makers;
    private readonly List<(int Taker, int Position)>[] _takers;
    private readonly Dictionary<int, int> _indexOfOffset = [];

    public MethodFlow(LoadedModule module, MethodDefinition method, MethodBodyBlock body)
    {
        Module = module;
        Instructions = IlReader.Read(body.GetILBytes()!);
        MethodSignature<SigType> signature = method.DecodeSignature(module.Signatures, null);
        IsInstance = signature.Header.IsInstance;
        ArgumentTypes = [.. signature.ParameterTypes];
        Locals = body.LocalSignature.IsNil
            ? []
            : [.. module.Reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(module.Signatures, null)];

        _makers = new int[Instructions.Count][][];
        _takers = [.. Instructions.Select(static _ => new List<(int, int)>())];
        for (int i = 0; i < Instructions.Count; i++)
        {
            _indexOfOffset[Instructions[i].Offset] = i;
        }

        Follow(body, signature.ReturnType.ToString() == "System.Void");
    }

    public LoadedModule Module { get; }

    public List<Instruction> Instructions { get; }

    public bool IsInstance { get; }

    /// <summary>Parameter types without "this".</summary>
    public IReadOnlyList<SigType> ArgumentTypes { get; }

    public IReadOnlyList<SigType> Locals { get; }

    /// <summary>The instructions that may have made the value an instruction takes at a position, counted from the deepest.</summary>
    public IReadOnlyList<int> MakersOf(int index, int position) =>
        position < _makers[index].Length ? _makers[index][position] : s_outside;

    /// <summary>The instructions that take what an instruction made, and at which position.</summary>
    public IReadOnlyList<(int Taker, int Position)> TakersOf(int index) => _takers[index];

    /// <summary>The member that a call, field access or token load names; null for another instruction.</summary>
    public MemberUse? MemberAt(int index)
    {
        OperandType operand = Instructions[index].OpCode.OperandType;
        if (operand is not (OperandType.InlineMethod or OperandType.InlineField))
        {
            return null;
        }

        return MemberUse.Read(Module, (EntityHandle)System.Reflection.Metadata.Ecma335.MetadataTokens.Handle(Instructions[index].Token));
    }

    /// <summary>The string constant at an argument position, or null when it is not one constant.</summary>
    public string? ConstantString(int index, int position)
    {
        IReadOnlyList<int> makers = MakersOf(index, position);
        if (makers.Count != 1 || Instructions[makers[0]].OpCode != OpCodes.Ldstr)
        {
            return null;
        }

        return Module.Reader.GetUserString((UserStringHandle)System.Reflection.Metadata.Ecma335.MetadataTokens.Handle(Instructions[makers[0]].Token));
    }

    /// <summary>The integer constant at an argument position, or null when it is not one constant.</summary>
    public long? ConstantInteger(int index, int position)
    {
        IReadOnlyList<int> makers = MakersOf(index, position);
        if (makers.Count != 1)
        {
            return null;
        }

        Instruction maker = Instructions[makers[0]];
        int code = maker.OpCode.Value;
        return code switch
        {
            >= 0x15 and <= 0x1E => code - 0x16,          // ldc.i4.m1 to ldc.i4.8
            0x1F or 0x20 or 0x21 => maker.Operand,       // ldc.i4.s, ldc.i4, ldc.i8
            _ => null,
        };
    }

    /// <summary>The local that a load, store or address instruction names, or -1.</summary>
    public int LocalOf(int index) => Slot(index, 0x06, 0x0A, [0x11, 0x12, 0x13, 0xFE0C, 0xFE0D, 0xFE0E]);

    /// <summary>The argument that a load, store or address instruction names, "this" included, or -1.</summary>
    public int ArgumentOf(int index) => Slot(index, 0x02, -1, [0x0E, 0x0F, 0x10, 0xFE09, 0xFE0A, 0xFE0B]);

    private int Slot(int index, int firstLoad, int firstStore, int[] withOperand)
    {
        int code = (ushort)Instructions[index].OpCode.Value;
        if (code >= firstLoad && code < firstLoad + 4)
        {
            return code - firstLoad;
        }

        if (firstStore >= 0 && code >= firstStore && code < firstStore + 4)
        {
            return code - firstStore;
        }

        return withOperand.Contains(code) ? (int)Instructions[index].Operand : -1;
    }

    private void Follow(MethodBodyBlock body, bool returnsNothing)
    {
        Dictionary<int, List<int[]>> atLabel = [];
        foreach (ExceptionRegion region in body.ExceptionRegions)
        {
            // A catch block and a filter start with the exception on the stack, made by no instruction.
            bool carries = region.Kind is ExceptionRegionKind.Catch or ExceptionRegionKind.Filter;
            atLabel[region.HandlerOffset] = carries ? [s_outside] : [];
            if (region.Kind == ExceptionRegionKind.Filter)
            {
                atLabel[region.FilterOffset] = [s_outside];
            }
        }

        List<int[]> stack = [];
        bool fallsThrough = true;
        for (int i = 0; i < Instructions.Count; i++)
        {
            Instruction instruction = Instructions[i];
            if (atLabel.TryGetValue(instruction.Offset, out List<int[]>? arrived))
            {
                stack = fallsThrough ? Merge(stack, arrived) : [.. arrived];
            }
            else if (!fallsThrough)
            {
                stack = [];
            }

            (int takes, int makes) = Shape(i, returnsNothing);
            int deepest = stack.Count - takes;
            _makers[i] = [.. stack.Skip(deepest)];
            for (int position = 0; position < takes; position++)
            {
                foreach (int maker in _makers[i][position])
                {
                    _takers[maker].Add((i, position));
                }
            }

            stack.RemoveRange(deepest, takes);
            stack.AddRange(Enumerable.Repeat<int[]>([i], makes));
            foreach (int target in instruction.Targets)
            {
                atLabel[target] = atLabel.TryGetValue(target, out List<int[]>? before) ? Merge(before, stack) : [.. stack];
            }

            fallsThrough = instruction.OpCode.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);
        }
    }

    private static List<int[]> Merge(List<int[]> left, List<int[]> right) =>
        left.Count != right.Count
            ? [.. left] // only after leave, which empties the stack whatever was on it
            : [.. left.Zip(right, static (a, b) => a.Union(b).ToArray())];

    private (int Takes, int Makes) Shape(int index, bool returnsNothing)
    {
        OpCode opCode = Instructions[index].OpCode;
        if (opCode == OpCodes.Ret)
        {
            return (returnsNothing ? 0 : 1, 0);
        }

        if (opCode == OpCodes.Calli)
        {
            StandaloneSignatureHandle token = (StandaloneSignatureHandle)System.Reflection.Metadata.Ecma335.MetadataTokens.Handle(Instructions[index].Token);
            MethodSignature<SigType> signature = Module.Reader.GetStandaloneSignature(token).DecodeMethodSignature(Module.Signatures, null);
            return (signature.ParameterTypes.Length + 1, signature.ReturnType.ToString() == "System.Void" ? 0 : 1);
        }

        if (opCode.FlowControl == FlowControl.Call)
        {
            MemberUse use = MemberAt(index)!;
            bool creates = opCode == OpCodes.Newobj;
            int takes = use.Parameters.Length + (use.IsInstance && !creates ? 1 : 0);
            return (takes, creates || use.ReturnType.ToString() != "System.Void" ? 1 : 0);
        }

        return (CountPops(opCode.StackBehaviourPop), CountPushes(opCode.StackBehaviourPush));
    }

    private static int CountPops(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8
            or StackBehaviour.Popi_popr4 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1
            or StackBehaviour.Popref_popi => 2,
        _ => 3,
    };

    private static int CountPushes(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        _ => 1,
    };
}
