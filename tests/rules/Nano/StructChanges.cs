using System.Reflection.Emit;
using EmbeddedTcp.RulesTests.Metadata;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>Finds out whether the struct behind an address is changed through it.</summary>
internal static class StructChanges
{
    /// <summary>True when the address that an instruction makes is used to write into the struct.</summary>
    public static bool IsChanged(MethodFlow flow, int address, OwnTypes own) =>
        flow.TakersOf(address).Any(use => Changes(flow, use.Taker, use.Position, own));

    private static bool Changes(MethodFlow flow, int taker, int position, OwnTypes own)
    {
        OpCode opCode = flow.Instructions[taker].OpCode;
        bool writes = opCode == OpCodes.Stfld || opCode == OpCodes.Stobj
            || opCode.Name!.StartsWith("stind", StringComparison.Ordinal);
        if (writes)
        {
            return position == 0;
        }

        if (opCode == OpCodes.Ldflda || opCode == OpCodes.Dup)
        {
            return IsChanged(flow, taker, own);
        }

        if (opCode.FlowControl != FlowControl.Call || opCode == OpCodes.Calli)
        {
            return false;
        }

        MemberUse callee = flow.MemberAt(taker)!;
        bool hasThis = callee.IsInstance && opCode != OpCodes.Newobj;
        if (hasThis && position == 0)
        {
            return own.ChangesThis(callee);
        }

        int parameter = position - (hasThis ? 1 : 0);
        return callee.Parameters[parameter].Kind == SigKind.ByReference && !own.TakesReadOnly(callee, parameter);
    }
}
