using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Wires;

// Expected values are those of draft-ietf-opsawg-pcapng: block types, lengths and option codes.
[TestClass]
public sealed class PcapngWriterTests
{
    // 2026-11-21 12:34:56.789012 UTC
    private const long Moment = 1795264496_789012;

    [TestMethod]
    public void File_is_a_chain_of_blocks_with_their_length_at_both_ends()
    {
        List<(uint Type, byte[] Body)> blocks = Blocks(Record(w =>
        {
            w.Write(Moment, true, new byte[61], null);
            w.Write(Moment, false, new byte[60], "lost");
        }));

        CollectionAssert.AreEqual(new uint[] { 0x0A0D0D0A, 1, 6, 6 }, blocks.Select(b => b.Type).ToArray());
        Assert.AreEqual(0x1A2B3C4Du, U32(blocks[0].Body, 0), "byte-order magic");
        Assert.AreEqual(1, U16(blocks[0].Body, 4), "major version");
        Assert.AreEqual(0, U16(blocks[0].Body, 6), "minor version");
        Assert.AreEqual(1, U16(blocks[1].Body, 0), "LINKTYPE_ETHERNET");
        CollectionAssert.AreEqual(new byte[] { 6 }, Option(blocks[1].Body, 8, 9), "if_tsresol: microseconds");
    }

    [TestMethod]
    public void Packet_has_its_time_its_bytes_its_direction_and_its_comment()
    {
        byte[] frame = Enumerable.Range(0, 61).Select(i => (byte)i).ToArray();
        List<(uint Type, byte[] Body)> blocks = Blocks(Record(w =>
        {
            w.Write(Moment, true, frame, null);
            w.Write(Moment + 1, false, frame, "duplicated");
        }));

        byte[] sent = blocks[2].Body;
        Assert.AreEqual(0u, U32(sent, 0), "interface");
        Assert.AreEqual(Moment, ((long)U32(sent, 4) << 32) | U32(sent, 8));
        Assert.AreEqual(61u, U32(sent, 12), "captured length");
        Assert.AreEqual(61u, U32(sent, 16), "original length");
        CollectionAssert.AreEqual(frame, sent[20..81]);

        // epb_flags is option 2; the comment is option 1. Options start on the next multiple of four.
        CollectionAssert.AreEqual(new byte[] { 2, 0, 0, 0 }, Option(sent, 84, 2), "outbound");
        Assert.IsNull(Option(sent, 84, 1));
        CollectionAssert.AreEqual(new byte[] { 1, 0, 0, 0 }, Option(blocks[3].Body, 84, 2), "inbound");
        Assert.AreEqual("duplicated", Encoding.UTF8.GetString(Option(blocks[3].Body, 84, 1)!));
    }

    [TestMethod]
    public void Flushed_frames_are_in_the_file_while_it_is_still_open()
    {
        using var folder = new TemporaryFolder();
        using PcapngWriter writer = PcapngWriter.Create(folder.File("open.pcapng"));
        writer.Write(Moment, true, new byte[60], null);
        writer.Flush();
        writer.Write(Moment, true, new byte[60], null);

        using var reader = new FileStream(folder.File("open.pcapng"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] sofar = new byte[reader.Length];
        reader.ReadExactly(sofar);
        Assert.AreEqual(3, Blocks(sofar).Count);
    }

    [TestMethod]
    public void Tshark_reads_what_was_written()
    {
        Tool.Require("tshark");
        using var folder = new TemporaryFolder();
        string file = folder.File("two.pcapng");
        using (PcapngWriter writer = PcapngWriter.Create(file))
        {
            byte[] frame = new byte[60];
            frame[12] = 0x08;
            frame[13] = 0x06;
            writer.Write(Moment, true, frame, null);
            writer.Write(Moment + 1500, false, frame, "held back");
        }

        string[] fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.packet_flags_direction", "-e", "frame.comment"];
        string[] lines = Tool.Run("tshark", ["-r", file, .. fields]).Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.AreEqual(2, lines.Length);
        StringAssert.StartsWith(lines[0], "1795264496.789012");
        StringAssert.StartsWith(lines[1], "1795264496.790512");
        CollectionAssert.AreEqual(new[] { "60", "0x00000002", string.Empty }, lines[0].Split('\t')[1..]);
        CollectionAssert.AreEqual(new[] { "60", "0x00000001", "held back" }, lines[1].Split('\t')[1..]);
    }

    private static byte[] Record(Action<PcapngWriter> write)
    {
        var file = new MemoryStream();
        using (var writer = new PcapngWriter(file))
        {
            write(writer);
        }

        return file.ToArray();
    }

    private static List<(uint Type, byte[] Body)> Blocks(byte[] file)
    {
        var blocks = new List<(uint, byte[])>();
        int at = 0;
        while (at < file.Length)
        {
            int length = (int)U32(file, at + 4);
            Assert.IsTrue(length >= 12 && length % 4 == 0 && at + length <= file.Length, $"block length {length} at {at}");
            Assert.AreEqual(length, (int)U32(file, at + length - 4), "length at the block's end");
            blocks.Add((U32(file, at), file[(at + 8)..(at + length - 4)]));
            at += length;
        }

        return blocks;
    }

    private static byte[]? Option(byte[] body, int at, int code)
    {
        while (true)
        {
            int found = U16(body, at);
            int length = U16(body, at + 2);
            if (found == code)
            {
                return body[(at + 4)..(at + 4 + length)];
            }

            if (found == 0)
            {
                return null;
            }

            at += 4 + ((length + 3) & ~3);
        }
    }

    private static uint U32(byte[] bytes, int at)
    {
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
    }

    private static int U16(byte[] bytes, int at)
    {
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
    }
}
