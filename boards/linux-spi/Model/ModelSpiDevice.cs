using System;
using System.Device.Spi;
using System.IO;
using EmbeddedTcp.ChipModels;

namespace EmbeddedTcp.LinuxSpi.Model;

/// <summary>A chip's model behind the interface that a real chip is behind.</summary>
internal sealed class ModelSpiDevice(ModelSpiBus bus, SpiConnectionSettings settings, int longest) : SpiDevice
{
    /// <inheritdoc/>
    public override SpiConnectionSettings ConnectionSettings => settings;

    /// <inheritdoc/>
    public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
    {
        if (writeBuffer.Length != readBuffer.Length)
        {
            throw new ArgumentException("both buffers have the same length");
        }

        if (writeBuffer.Length > longest)
        {
            // What spidev's EMSGSIZE becomes.
            throw new IOException($"{writeBuffer.Length} bytes are more than one transfer can have, {longest}");
        }

        byte[] answer = new byte[writeBuffer.Length];
        bus.Transfer(writeBuffer.ToArray(), answer, answer.Length);
        answer.CopyTo(readBuffer);
    }

    /// <inheritdoc/>
    public override void Read(Span<byte> buffer)
    {
        TransferFullDuplex(new byte[buffer.Length], buffer);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        TransferFullDuplex(buffer, new byte[buffer.Length]);
    }
}
