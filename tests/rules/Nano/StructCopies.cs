using System.Reflection.Emit;
using System.Reflection.Metadata;
using EmbeddedTcp.RulesTests.Metadata;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>
/// Looks for structs that are copied and then changed. On the device `dup` copies the reference to a struct, and where
/// the compiler uses `dup` depends on its optimiser: so either side of any copy must stay as it is.
/// </summary>
/// <remarks>
/// Seen: copies into locals and fields, and by-value parameters, changed by a field store, a method that changes "this"
/// or a ref argument. Not seen: copies into arrays and through boxes.
/// </remarks>
internal sealed class StructCopies(OwnTypes own)
{
    private readonly Dictionary<string, (string Caller, string? Where)> _copiedFields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedFields = new(StringComparer.Ordinal);

    /// <summary>The copies of one method; those that involve fields are judged at the end.</summary>
    public IEnumerable<Finding> Examine(MethodFlow flow, MethodDefinitionHandle method, string caller)
    {
        IReadOnlySet<int>? named = flow.Module.NamedLocals(method);
        for (int i = 0; i < flow.Instructions.Count; i++)
        {
            OpCode opCode = flow.Instructions[i].OpCode;
            string? where = flow.Module.LineOf(method, flow.Instructions[i].Offset);
            if (IsStore(opCode) && flow.LocalOf(i) >= 0 && IsOwnStruct(flow.Locals[flow.LocalOf(i)]))
            {
                foreach (int maker in flow.MakersOf(i, 0).Where(maker => IsCopy(flow, maker, named)))
                {
                    foreach (int local in Sides(flow, i, maker).Where(local => IsChangedAfter(flow, local, i)))
                    {
                        yield return new Finding(Rule.StructCopy, caller,
                            $"a copy of struct {flow.Locals[local]} of which one side is changed afterwards", where);
                    }
                }
            }
            else if (opCode == OpCodes.Stfld || opCode == OpCodes.Stsfld)
            {
                NoteCopyIntoField(flow, i, named, caller, where);
            }
            else if ((opCode == OpCodes.Ldflda || opCode == OpCodes.Ldsflda) && StructChanges.IsChanged(flow, i, own))
            {
                _changedFields.Add(flow.MemberAt(i)!.Signature);
            }
            else if (IsChangedParameter(flow, i))
            {
                yield return new Finding(Rule.StructCopy, caller, "a by-value struct parameter that the method changes", where);
            }
        }
    }

    /// <summary>Fields that are copied into somewhere and changed in place elsewhere.</summary>
    public IEnumerable<Finding> ExamineFields() =>
        _copiedFields
            .Where(entry => _changedFields.Contains(entry.Key))
            .Select(static entry => new Finding(Rule.StructCopy, entry.Value.Caller,
                $"a struct copied into the field {entry.Key}, which is changed in place elsewhere", entry.Value.Where));

    private void NoteCopyIntoField(MethodFlow flow, int store, IReadOnlySet<int>? named, string caller, string? where)
    {
        MemberUse field = flow.MemberAt(store)!;
        int value = flow.Instructions[store].OpCode == OpCodes.Stfld ? 1 : 0;
        if (IsOwnStruct(field.ReturnType) && flow.MakersOf(store, value).Any(maker => IsCopy(flow, maker, named)))
        {
            _copiedFields.TryAdd(field.Signature, (caller, where));
        }
    }

    /// <summary>The locals that hold the same struct after a store: the target, and the source or the other target.</summary>
    private static IEnumerable<int> Sides(MethodFlow flow, int store, int maker)
    {
        yield return flow.LocalOf(store);
        if (flow.Instructions[maker].OpCode == OpCodes.Dup)
        {
            foreach ((int taker, _) in flow.TakersOf(maker).Where(use => use.Taker != store && IsStore(flow.Instructions[use.Taker].OpCode)))
            {
                if (flow.LocalOf(taker) >= 0)
                {
                    yield return flow.LocalOf(taker);
                }
            }
        }
        else if (flow.LocalOf(maker) >= 0)
        {
            yield return flow.LocalOf(maker);
        }
    }

    private bool IsChangedAfter(MethodFlow flow, int local, int copy)
    {
        for (int i = 0; i < flow.Instructions.Count; i++)
        {
            OpCode opCode = flow.Instructions[i].OpCode;
            bool isAddress = opCode == OpCodes.Ldloca || opCode == OpCodes.Ldloca_S;
            if (isAddress && flow.LocalOf(i) == local && (i > copy || LoopHolds(flow, i, copy)) && StructChanges.IsChanged(flow, i, own))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a backward branch leads from after the copy to before the change.</summary>
    private static bool LoopHolds(MethodFlow flow, int change, int copy) =>
        flow.Instructions.Skip(copy).Any(i => i.Targets.Any(target => target <= flow.Instructions[change].Offset));

    private bool IsChangedParameter(MethodFlow flow, int index)
    {
        OpCode opCode = flow.Instructions[index].OpCode;
        if (opCode != OpCodes.Ldarga && opCode != OpCodes.Ldarga_S)
        {
            return false;
        }

        int parameter = flow.ArgumentOf(index) - (flow.IsInstance ? 1 : 0);
        return parameter >= 0 && IsOwnStruct(flow.ArgumentTypes[parameter]) && StructChanges.IsChanged(flow, index, own);
    }

    private static bool IsCopy(MethodFlow flow, int maker, IReadOnlySet<int>? named)
    {
        if (IsScratch(flow, maker, named))
        {
            return false;
        }

        OpCode opCode = flow.Instructions[maker].OpCode;
        bool loadsVariable = !IsStore(opCode) && (flow.LocalOf(maker) >= 0 || flow.ArgumentOf(maker) >= 0);
        return loadsVariable || opCode == OpCodes.Dup || opCode == OpCodes.Ldfld || opCode == OpCodes.Ldsfld
            || opCode == OpCodes.Ldelem || opCode == OpCodes.Ldobj;
    }

    /// <summary>True for a local that the compiler made up, say for an object initializer: nobody sees it afterwards.</summary>
    private static bool IsScratch(MethodFlow flow, int maker, IReadOnlySet<int>? named) =>
        named is not null && flow.LocalOf(maker) >= 0 && !named.Contains(flow.LocalOf(maker));

    private static bool IsStore(OpCode opCode) => opCode.Name!.StartsWith("stloc", StringComparison.Ordinal);

    private bool IsOwnStruct(SigType type) => type.Kind == SigKind.Named && own.IsStruct(type.Name);
}
