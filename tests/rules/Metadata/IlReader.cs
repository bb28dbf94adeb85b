using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace EmbeddedTcp.RulesTests.Metadata;

/// <summary>One instruction: where it is, what it does, its operand as a number, and where it may jump to.</summary>
internal sealed record Instruction(int Offset, OpCode OpCode, long Operand, int[] Targets)
{
    /// <summary>The operand as a metadata token.</summary>
    public int Token => (int)Operand;
}

/// <summary>Decodes a method's instructions (ECMA-335 partition III).</summary>
internal static class IlReader
{
    private static readonly Dictionary<ushort, OpCode> s_opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static opCode => (ushort)opCode.Value);

    public static List<Instruction> Read(byte[] code)
    {
        List<Instruction> instructions = [];
        int position = 0;
        while (position < code.Length)
        {
            int start = position;
            ushort value = code[position++];
            if (value == 0xFE)
            {
                value = (ushort)(0xFE00 | code[position++]);
            }

            OpCode opCode = s_opCodes.TryGetValue(value, out OpCode known)
                ? known
                : throw new BadImageFormatException($"unknown opcode {value:X} at {start}");
            (long operand, int[] targets) = ReadOperand(opCode, code, ref position);
            instructions.Add(new Instruction(start, opCode, operand, targets));
        }

        return instructions;
    }

    private static (long Operand, int[] Targets) ReadOperand(OpCode opCode, byte[] code, ref int position)
    {
        ReadOnlySpan<byte> rest = code.AsSpan(position);
        switch (opCode.OperandType)
        {
            case OperandType.InlineNone:
                return (0, []);

            case OperandType.ShortInlineI:
                position += 1;
                return (opCode == OpCodes.Ldc_I4_S ? (sbyte)rest[0] : rest[0], []);

            case OperandType.ShortInlineVar:
                position += 1;
                return (rest[0], []);

            case OperandType.InlineVar:
                position += 2;
                return (BinaryPrimitives.ReadUInt16LittleEndian(rest), []);

            case OperandType.ShortInlineBrTarget:
                position += 1;
                return (0, [position + (sbyte)rest[0]]);

            case OperandType.InlineBrTarget:
                position += 4;
                return (0, [position + BinaryPrimitives.ReadInt32LittleEndian(rest)]);

            case OperandType.InlineI8:
            case OperandType.InlineR:
                position += 8;
                return (BinaryPrimitives.ReadInt64LittleEndian(rest), []);

            case OperandType.InlineSwitch:
                int count = BinaryPrimitives.ReadInt32LittleEndian(rest);
                position += 4 + 4 * count;
                int[] targets = new int[count];
                for (int i = 0; i < count; i++)
                {
                    targets[i] = position + BinaryPrimitives.ReadInt32LittleEndian(rest[(4 + 4 * i)..]);
                }

                return (count, targets);

            default: // tokens, 32-bit constants and 32-bit floats
                position += 4;
                return (BinaryPrimitives.ReadInt32LittleEndian(rest), []);
        }
    }
}
