using System.Globalization;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using EmbeddedTcp.RulesTests.Metadata;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>Examines one method's code, instruction by instruction.</summary>
internal sealed class BodyScanner(MethodFlow flow, MethodBodyBlock body, UseJudge judge, bool isEventAccessor)
{
    private static readonly OpCode[] s_missing =
    [
        OpCodes.Arglist, OpCodes.Jmp, OpCodes.Mkrefany, OpCodes.Refanytype, OpCodes.Refanyval, OpCodes.Sizeof, OpCodes.Ckfinite,
        OpCodes.Cpblk, OpCodes.Initblk, OpCodes.Unaligned, OpCodes.Tailcall,
    ];

    private static readonly OpCode[] s_native = [OpCodes.Conv_I, OpCodes.Conv_U, OpCodes.Ldelem_I, OpCodes.Stelem_I, OpCodes.Ldind_I, OpCodes.Stind_I];

    /// <summary>What is wrong, and at which offset.</summary>
    public IEnumerable<(Rule Rule, string What, int Offset)> Scan()
    {
        foreach ((Rule rule, string what) in flow.Locals.SelectMany(judge.JudgeType))
        {
            yield return (rule, what, 0);
        }

        foreach (ExceptionRegion region in body.ExceptionRegions.Where(static r => r.Kind == ExceptionRegionKind.Catch))
        {
            foreach ((Rule rule, string what) in judge.JudgeType(flow.Module.TypeOf(region.CatchType)))
            {
                yield return (rule, "catch " + what, region.HandlerOffset);
            }
        }

        for (int i = 0; i < flow.Instructions.Count; i++)
        {
            foreach ((Rule rule, string what) in Judge(i))
            {
                yield return (rule, what, flow.Instructions[i].Offset);
            }
        }
    }

    private IEnumerable<(Rule Rule, string What)> Judge(int index)
    {
        Instruction instruction = flow.Instructions[index];
        return instruction.OpCode.OperandType switch
        {
            OperandType.InlineMethod => JudgeMember(index, flow.MemberAt(index)!),
            OperandType.InlineField => judge.JudgeMember(flow.MemberAt(index)!, _ => false),
            OperandType.InlineType => JudgeTypeOperand(index, flow.Module.TypeOf(Handle(instruction))),
            OperandType.InlineTok => JudgeToken(Handle(instruction)),
            _ => JudgeOpCode(instruction.OpCode),
        };
    }

    private static EntityHandle Handle(Instruction instruction) => (EntityHandle)MetadataTokens.Handle(instruction.Token);

    private IEnumerable<(Rule Rule, string What)> JudgeOpCode(OpCode opCode)
    {
        string name = opCode.Name!;
        if (name.Contains(".ovf", StringComparison.Ordinal))
        {
            return [(Rule.Checked, "checked arithmetic (" + name + ")")];
        }

        if (opCode == OpCodes.Localloc)
        {
            return [(Rule.StackAlloc, name)];
        }

        if (opCode == OpCodes.Calli)
        {
            return [(Rule.FunctionPointer, name)];
        }

        if (opCode == OpCodes.Volatile)
        {
            return [(Rule.Volatile, name)];
        }

        if (s_native.Contains(opCode))
        {
            return [(Rule.NativeInteger, name)];
        }

        return s_missing.Contains(opCode) ? [(Rule.OpCode, name)] : [];
    }

    private IEnumerable<(Rule Rule, string What)> JudgeToken(EntityHandle handle) =>
        handle.Kind is HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification
            ? judge.JudgeType(flow.Module.TypeOf(handle))
            : judge.JudgeMember(MemberUse.Read(flow.Module, handle), _ => false);

    private IEnumerable<(Rule Rule, string What)> JudgeTypeOperand(int index, SigType type)
    {
        OpCode opCode = flow.Instructions[index].OpCode;
        IEnumerable<(Rule Rule, string What)> findings = [.. judge.JudgeType(type), .. JudgeOpCode(opCode)];
        if (!judge.IsEnum(type))
        {
            return findings;
        }

        bool prints = opCode == OpCodes.Constrained
            ? flow.MemberAt(index + 1) is { Name: "ToString" }
            : opCode == OpCodes.Box && flow.TakersOf(index).Any(use => Prints(use.Taker, use.Position));
        return prints ? [.. findings, (Rule.EnumToString, type + " as text")] : findings;
    }

    /// <summary>True when a boxed value goes where an object is expected: to be concatenated, formatted or written.</summary>
    private bool Prints(int taker, int position)
    {
        OpCode opCode = flow.Instructions[taker].OpCode;
        if (opCode == OpCodes.Stelem_Ref || opCode == OpCodes.Stind_Ref)
        {
            return true;
        }

        if (opCode.FlowControl != FlowControl.Call || flow.MemberAt(taker) is not { } callee)
        {
            return false;
        }

        bool hasThis = callee.IsInstance && opCode != OpCodes.Newobj;
        return hasThis && position == 0
            ? callee.Name == "ToString"
            : callee.Name != "Equals" && callee.Parameters[position - (hasThis ? 1 : 0)].Name == "System.Object";
    }

    private IEnumerable<(Rule Rule, string What)> JudgeMember(int index, MemberUse use)
    {
        foreach ((Rule, string) finding in judge.JudgeMember(use, condition => Holds(condition, index)))
        {
            yield return finding;
        }

        foreach (string format in FormatStrings.BadOnesIn(flow, index, use))
        {
            yield return (Rule.Format, format);
        }

        bool interpolates = use is { Name: "AppendFormatted", MethodArguments.Length: 1 };
        if (interpolates && judge.IsEnum(use.MethodArguments[0]))
        {
            yield return (Rule.EnumToString, use.MethodArguments[0] + " in an interpolated string");
        }
    }

    /// <summary>The conditions that HostCompilerChoices.txt may name; its head explains them.</summary>
    private bool Holds(string condition, int index)
    {
        if (condition == "in an event accessor")
        {
            return isEventAccessor;
        }

        if (condition.StartsWith("taken by ", StringComparison.Ordinal))
        {
            string taker = condition["taken by ".Length..];
            IReadOnlyList<(int Taker, int Position)> takers = flow.TakersOf(index);
            return takers.Count != 0
                && takers.All(use => flow.MemberAt(use.Taker)?.Signature.StartsWith(taker, StringComparison.Ordinal) == true);
        }

        string[] words = condition.Split(' ');
        if (words is ["argument", var position, "is", var value])
        {
            return flow.ConstantInteger(index, int.Parse(position, CultureInfo.InvariantCulture))
                == long.Parse(value, CultureInfo.InvariantCulture);
        }

        throw new FormatException("HostCompilerChoices.txt: unknown condition: " + condition);
    }
}
