using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>A TCP segment as an onlooker reads it from a frame.</summary>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Seq">SEG.SEQ.</param>
/// <param name="Ack">SEG.ACK.</param>
/// <param name="Flags">Bits of <see cref="TcpFlags"/>.</param>
/// <param name="Window">SEG.WND as it stands in the header.</param>
/// <param name="Urgent">The urgent pointer.</param>
/// <param name="Text">Octets of text.</param>
/// <param name="Options">The options by name, such as "mss 1460".</param>
public sealed record WireSegment(
    int SourcePort, int DestinationPort, uint Seq, uint Ack, int Flags, int Window, int Urgent, int Text, IReadOnlyList<string> Options)
{
    /// <summary>SEG.LEN: text, and one for each of SYN and FIN.</summary>
    public int Length => Text + ((Flags >> 1) & 1) + (Flags & 1);

    /// <summary>The control bits as the RFC lists them, such as SYN,ACK; a segment with text says so.</summary>
    public string Name
    {
        get
        {
            var name = new StringBuilder();
            foreach ((int bit, string text) in new[]
            {
                (TcpFlags.Syn, "SYN"), (TcpFlags.Fin, "FIN"), (TcpFlags.Rst, "RST"), (TcpFlags.Psh, "PSH"), (TcpFlags.Urg, "URG"),
                (TcpFlags.Ece, "ECE"), (TcpFlags.Cwr, "CWR"), (TcpFlags.Ack, "ACK"),
            })
            {
                if (Has(bit))
                {
                    name.Append(name.Length == 0 ? "" : ",").Append(text);
                }
            }

            return name.Length == 0 ? "no flags" : name.ToString();
        }
    }

    /// <summary>The kind by which the command line picks a segment: syn, syn-ack, ack, data, fin or rst.</summary>
    public string Kind => Has(TcpFlags.Rst) ? "rst"
        : Has(TcpFlags.Syn) ? Has(TcpFlags.Ack) ? "syn-ack" : "syn"
        : Has(TcpFlags.Fin) ? "fin"
        : Text > 0 ? "data" : "ack";

    /// <summary>True when a control bit is set.</summary>
    public bool Has(int flag) => (Flags & flag) != 0;

    /// <summary>Reads a frame.</summary>
    /// <returns>Null when it is no TCP segment.</returns>
    public static WireSegment? Parse(ReadOnlySpan<byte> frame)
    {
        const int Ip = EthernetHeader.Length;
        if (frame.Length < Ip + Ipv4Header.MinLength + TcpHeader.MinLength
            || BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.Type..]) != EthernetHeader.TypeIpv4
            || frame[Ip + Ipv4Header.Protocol] != Ipv4Header.ProtocolTcp)
        {
            return null;
        }

        ReadOnlySpan<byte> ip = frame[Ip..];
        ReadOnlySpan<byte> t = ip[..BinaryPrimitives.ReadUInt16BigEndian(ip[Ipv4Header.TotalLength..])][((ip[0] & 15) * 4)..];
        int header = t[TcpHeader.DataOffset] >> 4 << 2;
        return new WireSegment(
            BinaryPrimitives.ReadUInt16BigEndian(t),
            BinaryPrimitives.ReadUInt16BigEndian(t[TcpHeader.DestinationPort..]),
            BinaryPrimitives.ReadUInt32BigEndian(t[TcpHeader.Sequence..]),
            BinaryPrimitives.ReadUInt32BigEndian(t[TcpHeader.Acknowledgment..]),
            t[TcpHeader.Flags],
            BinaryPrimitives.ReadUInt16BigEndian(t[TcpHeader.Window..]),
            BinaryPrimitives.ReadUInt16BigEndian(t[TcpHeader.UrgentPointer..]),
            t.Length - header,
            ReadOptions(t[TcpHeader.MinLength..header]));
    }

    private static List<string> ReadOptions(ReadOnlySpan<byte> options)
    {
        var found = new List<string>();
        while (options.Length > 0 && options[0] != TcpHeader.OptionEnd)
        {
            int length = options[0] == TcpHeader.OptionNoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length < 1 || length > options.Length || (length == 1 && options[0] != TcpHeader.OptionNoOperation))
            {
                break;
            }

            string name = (options[0], length) switch
            {
                (1, _) => "",
                (2, 4) => string.Create(CultureInfo.InvariantCulture, $"mss {BinaryPrimitives.ReadUInt16BigEndian(options[2..])}"),
                (3, 3) => string.Create(CultureInfo.InvariantCulture, $"wscale {options[2]}"),
                (4, 2) => "sackOK",
                (5, _) => string.Create(CultureInfo.InvariantCulture, $"sack x{(length - 2) / 8}"),
                (8, 10) => "ts",
                _ => string.Create(CultureInfo.InvariantCulture, $"option {options[0]}"),
            };
            if (name.Length > 0)
            {
                found.Add(name);
            }

            options = options[length..];
        }

        return found;
    }
}
