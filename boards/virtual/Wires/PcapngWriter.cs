using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace EmbeddedTcp.VirtualBoard.Wires;

/// <summary>
/// Records frames in the pcapng format (draft-ietf-opsawg-pcapng), with direction and microseconds.
/// </summary>
/// <remarks>
/// Only whole blocks reach the file, each time <see cref="Flush"/> is called or the buffer is full: a capture can be
/// read while it grows, and after the process was killed.
/// </remarks>
public sealed class PcapngWriter : IDisposable
{
    private const int SectionHeaderBlock = 0x0A0D0D0A;
    private const int InterfaceDescriptionBlock = 1;
    private const int EnhancedPacketBlock = 6;
    private const int LinkTypeEthernet = 1;

    private const ushort OptionEnd = 0;
    private const ushort OptionComment = 1;
    private const ushort ShbUserApplication = 4;
    private const ushort IfName = 2;
    private const ushort IfTimestampResolution = 9;
    private const ushort EpbFlags = 2;

    // epb_flags, bits 0 and 1: 01 inbound, 10 outbound, as the board sees it.
    private const uint Inbound = 1;
    private const uint Outbound = 2;

    private const int FlushThreshold = 64 * 1024;

    private readonly Stream _file;
    private readonly MemoryStream _blocks = new();
    private int _blockStart;

    /// <summary>Why recording ended before its time (a full disk, for instance), or null. What came later is not recorded.</summary>
    public string? Failure { get; private set; }

    /// <summary>Starts a capture in a stream.</summary>
    /// <param name="file">Receives the capture; disposed with the writer.</param>
    public PcapngWriter(Stream file)
    {
        _file = file;

        BeginBlock(SectionHeaderBlock);
        Write32(0x1A2B3C4D);
        Write16(1);
        Write16(0);
        Write32(0xFFFFFFFF);
        Write32(0xFFFFFFFF);
        WriteOption(ShbUserApplication, Encoding.UTF8.GetBytes("EmbeddedTcp virtual board"));
        WriteOption(OptionEnd, []);
        EndBlock();

        BeginBlock(InterfaceDescriptionBlock);
        Write16(LinkTypeEthernet);
        Write16(0);
        Write32(0);
        WriteOption(IfName, Encoding.UTF8.GetBytes("wire"));
        WriteOption(IfTimestampResolution, [6]);
        WriteOption(OptionEnd, []);
        EndBlock();
        Flush();
    }

    /// <summary>Creates or overwrites a file and starts a capture in it.</summary>
    /// <param name="path">The file's path. Errors are those of <see cref="FileStream"/>.</param>
    /// <returns>The writer.</returns>
    public static PcapngWriter Create(string path)
    {
        // No buffer of the stream's own: it would hand half a block to the file.
        return new PcapngWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
    }

    /// <summary>Adds a frame.</summary>
    /// <param name="unixMicroseconds">When it was sent, in microseconds since 1970.</param>
    /// <param name="fromBoard">True for a frame the board sent.</param>
    /// <param name="frame">The frame without FCS.</param>
    /// <param name="comment">A remark shown beside the frame, or null.</param>
    public void Write(long unixMicroseconds, bool fromBoard, ReadOnlySpan<byte> frame, string? comment)
    {
        BeginBlock(EnhancedPacketBlock);
        Write32(0);
        Write32((uint)(unixMicroseconds >> 32));
        Write32((uint)unixMicroseconds);
        Write32((uint)frame.Length);
        Write32((uint)frame.Length);
        _blocks.Write(frame);
        Pad();

        Span<byte> flags = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(flags, fromBoard ? Outbound : Inbound);
        WriteOption(EpbFlags, flags);
        if (comment != null)
        {
            WriteOption(OptionComment, Encoding.UTF8.GetBytes(comment));
        }

        WriteOption(OptionEnd, []);
        EndBlock();

        if (_blocks.Length >= FlushThreshold)
        {
            Flush();
        }
    }

    /// <summary>Hands all recorded frames to the file.</summary>
    public void Flush()
    {
        if (_blocks.Length == 0)
        {
            return;
        }

        if (Failure == null)
        {
            try
            {
                _file.Write(_blocks.GetBuffer(), 0, (int)_blocks.Length);
                _file.Flush();
            }
            catch (IOException e)
            {
                Failure = e.Message;
            }
        }

        _blocks.SetLength(0);
    }

    /// <summary>Completes the capture and closes the file.</summary>
    public void Dispose()
    {
        Flush();
        _file.Dispose();
    }

    private void BeginBlock(int type)
    {
        _blockStart = (int)_blocks.Length;
        Write32((uint)type);
        Write32(0);
    }

    // The block's length stands at its start and at its end, so that readers can go backwards.
    private void EndBlock()
    {
        uint length = (uint)(_blocks.Length - _blockStart + 4);
        Write32(length);
        BinaryPrimitives.WriteUInt32LittleEndian(_blocks.GetBuffer().AsSpan(_blockStart + 4), length);
    }

    private void WriteOption(ushort code, ReadOnlySpan<byte> value)
    {
        Write16(code);
        Write16((ushort)value.Length);
        _blocks.Write(value);
        Pad();
    }

    // Blocks start on a multiple of four and so do their parts.
    private void Pad()
    {
        while ((_blocks.Length & 3) != 0)
        {
            _blocks.WriteByte(0);
        }
    }

    private void Write16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _blocks.Write(bytes);
    }

    private void Write32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _blocks.Write(bytes);
    }
}
