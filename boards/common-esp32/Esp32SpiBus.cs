using System;
using System.Device.Gpio;
using System.Device.Spi;
using System.Threading;
using EmbeddedTcp.Drivers;
using nanoFramework.Hardware.Esp32;

namespace EmbeddedTcp.Boards;

/// <summary>The chip's pins on an ESP32: SPI with chip select, reset and interrupt.</summary>
public sealed class Esp32SpiBus : SpiBus
{
    private SpiDevice _spi;
    private readonly int _bus;
    private readonly int _chipSelect;
    private readonly GpioPin _reset;
    private readonly GpioPin _interrupt;
    private int _clock;

    /// <summary>Takes the board's pins and opens the bus.</summary>
    /// <exception cref="Exception">A pin or the bus cannot be had; the firmware's drivers say which by their own exceptions.</exception>
    public Esp32SpiBus(Esp32Board board, GpioController gpio)
    {
        // First of all: whoever else listens on the bus must not take what follows for his.
        for (int i = 0; i < board.HeldHigh.Length; i++)
        {
            gpio.OpenPin(board.HeldHigh[i], PinMode.Output).Write(PinValue.High);
        }

        bool first = board.SpiBus == 1;
        Configuration.SetPinFunction(board.Mosi, first ? DeviceFunction.SPI1_MOSI : DeviceFunction.SPI2_MOSI);
        Configuration.SetPinFunction(board.Miso, first ? DeviceFunction.SPI1_MISO : DeviceFunction.SPI2_MISO);
        Configuration.SetPinFunction(board.Sclk, first ? DeviceFunction.SPI1_CLOCK : DeviceFunction.SPI2_CLOCK);
        _bus = board.SpiBus;
        _chipSelect = board.ChipSelect;
        OpenDevice(board.SpiClock);
        if (board.Reset != Esp32Board.NotConnected)
        {
            _reset = gpio.OpenPin(board.Reset, PinMode.Output);
            _reset.Write(PinValue.High);
        }

        if (board.Interrupt != Esp32Board.NotConnected)
        {
            // GPIO 34 to 39 of the ESP32 have no pull-up; both chips drive their line both ways.
            PinMode mode = gpio.IsPinModeSupported(board.Interrupt, PinMode.InputPullUp) ? PinMode.InputPullUp : PinMode.Input;
            _interrupt = gpio.OpenPin(board.Interrupt, mode);
        }
    }

    /// <summary>Has a firmware woken when the chip announces something.</summary>
    public void WakeOnInterrupt(Firmware firmware)
    {
        if (_interrupt == null)
        {
            return;
        }

        // Both edges come; waking once too often costs less than looking which one it was.
        _interrupt.ValueChanged += (sender, e) => firmware.Wake();
    }

    /// <inheritdoc/>
    public override int ClockHz => _clock;

    /// <inheritdoc/>
    /// <remarks>The firmware fixes a device's clock when it is opened. If it cannot be opened anew, the exception ends up in the poll loop.</remarks>
    public override bool SetClock(int hertz)
    {
        _spi.Dispose();
        OpenDevice(hertz);
        return true;
    }

    /// <inheritdoc/>
    public override void Transfer(byte[] write, byte[] read, int count)
    {
        // Both of the same length: with a shorter one for reading, the ESP32's driver writes past its end.
#if NANOFRAMEWORK_2_0
        _spi.TransferFullDuplex(new Span<byte>(write, 0, count), new Span<byte>(read, 0, count));
#else
        _spi.TransferFullDuplex(new SpanByte(write, 0, count), new SpanByte(read, 0, count));
#endif
    }

    /// <inheritdoc/>
    public override void Delay(int milliseconds)
    {
        Thread.Sleep(milliseconds);
    }

    /// <inheritdoc/>
    public override bool SetReset(bool asserted)
    {
        if (_reset == null)
        {
            return false;
        }

        _reset.Write(asserted ? PinValue.Low : PinValue.High);
        return true;
    }

    /// <inheritdoc/>
    public override bool InterruptAsserted()
    {
        return _interrupt == null || _interrupt.Read() == PinValue.Low;
    }

    private void OpenDevice(int hertz)
    {
        SpiConnectionSettings settings = new SpiConnectionSettings(_bus, _chipSelect)
        {
            ClockFrequency = hertz,
            Mode = SpiMode.Mode0,
            DataBitLength = 8,
            DataFlow = DataFlow.MsbFirst,
            Configuration = SpiBusConfiguration.FullDuplex,
        };
        _spi = SpiDevice.Create(settings);
        _clock = hertz;
    }
}
