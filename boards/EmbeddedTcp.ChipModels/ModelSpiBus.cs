using System;
using EmbeddedTcp.Drivers;

namespace EmbeddedTcp.ChipModels;

/// <summary>
/// Connects a driver to a modelled chip, pin by pin, and keeps the account of what the driver costs on the bus.
/// </summary>
public sealed class ModelSpiBus : SpiBus
{
    /// <summary>What one transaction costs the master besides its bytes, in nanoseconds: 9 us is an ESP32 that polls.</summary>
    public int OverheadNanoseconds = 9000;

    /// <summary>How much of it lies between the last clock and the rise of chip select: an ESP32 that toggles it in software takes its time.</summary>
    public int HoldNanoseconds = 500;

    /// <summary>False: the reset line is not wired on this board.</summary>
    public bool ResetWired = true;

    /// <summary>False: the interrupt line is not wired on this board.</summary>
    public bool InterruptWired = true;

    /// <summary>The highest clock in hertz that the wires carry; above it, one byte in about a thousand is read with a wrong bit. 0: any.</summary>
    public int WiresCarryHz;

    /// <summary>False: the clock of this bus cannot be changed.</summary>
    public bool ClockAdjustable = true;

    /// <summary>True: every byte goes through <see cref="ChipModel.Exchange"/>, as a slow master would do it.</summary>
    public bool ByteByByte;

    /// <summary>Chip-select frames since the last <see cref="ResetCounters"/>.</summary>
    public long Transactions;

    /// <summary>Bytes exchanged since the last <see cref="ResetCounters"/>.</summary>
    public long Bytes;

    /// <summary>Modelled time the bus was busy since the last <see cref="ResetCounters"/>, overhead included.</summary>
    public long BusyNanoseconds;

    private readonly ChipModel _chip;
    private uint _noise = 1;

    /// <summary>Wires the bus to a chip. The SPI clock is the chip's <see cref="ChipModel.ClockHz"/>.</summary>
    /// <param name="chip">The model.</param>
    public ModelSpiBus(ChipModel chip)
    {
        _chip = chip;
    }

    /// <summary>Starts a new account.</summary>
    public void ResetCounters()
    {
        Transactions = 0;
        Bytes = 0;
        BusyNanoseconds = 0;
    }

    /// <inheritdoc/>
    public override void Transfer(byte[] write, byte[] read, int count)
    {
        // What a bus of the device allows in one go.
        if (count < 1 || count > 16384 || count > write.Length || count > read.Length)
        {
            throw new ArgumentOutOfRangeException("count");
        }

        ChipModel chip = _chip;
        long start = chip.NowNanoseconds;
        chip.Spend(OverheadNanoseconds - HoldNanoseconds);
        chip.Select();
        if (ByteByByte)
        {
            for (int i = 0; i < count; i++)
            {
                read[i] = chip.Exchange(write[i]);
            }
        }
        else
        {
            chip.ExchangeBlock(write, read, count);
        }

        chip.Spend(HoldNanoseconds);
        chip.Deselect();
        if (WiresCarryHz != 0 && chip.ClockHz > WiresCarryHz)
        {
            Disturb(read, count);
        }

        Transactions++;
        Bytes += count;
        BusyNanoseconds += chip.NowNanoseconds - start;
    }

    /// <inheritdoc/>
    public override int ClockHz => _chip.ClockHz;

    /// <inheritdoc/>
    public override bool SetClock(int hertz)
    {
        if (ClockAdjustable)
        {
            _chip.ClockHz = hertz;
        }

        return ClockAdjustable;
    }

    /// <inheritdoc/>
    public override void Delay(int milliseconds)
    {
        _chip.Spend(milliseconds * 1000000L);
    }

    /// <inheritdoc/>
    public override bool SetReset(bool asserted)
    {
        if (!ResetWired)
        {
            return false;
        }

        _chip.SetReset(asserted);
        return true;
    }

    /// <inheritdoc/>
    public override bool InterruptAsserted()
    {
        return !InterruptWired || _chip.InterruptAsserted;
    }

    private void Disturb(byte[] read, int count)
    {
        for (int i = 0; i < count; i++)
        {
            // Numerical Recipes' linear congruential generator; the high bits are the good ones.
            _noise = _noise * 1664525 + 1013904223;
            if (_noise >> 22 == 0)
            {
                read[i] ^= (byte)(1 << (int)((_noise >> 12) & 7));
            }
        }
    }
}
