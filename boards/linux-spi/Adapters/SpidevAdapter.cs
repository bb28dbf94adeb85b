using System;
using System.Device.Gpio;
using System.Device.Spi;
using System.Globalization;
using System.IO;

namespace EmbeddedTcp.LinuxSpi.Adapters;

/// <summary>A bus of a Linux computer, a Raspberry Pi's for instance: /dev/spidevBUS.CS.</summary>
/// <param name="bus">The first number in the device's name.</param>
/// <param name="chipSelect">The second one.</param>
/// <param name="devicePrefix">Where the devices are; a test has others.</param>
/// <param name="limitPath">Where the kernel's module tells the size of its buffer.</param>
public sealed class SpidevAdapter(
    int bus, int chipSelect, string devicePrefix = "/dev/spidev", string limitPath = "/sys/module/spidev/parameters/bufsiz") : SpiAdapter
{
    // The module's buffer where nobody asked for more, and the alignment it gives a transfer in it (ARCH_DMA_MINALIGN is 128 at most).
    private const int UsualLimit = 4096;
    private const int Alignment = 128;

    private string Path => string.Create(CultureInfo.InvariantCulture, $"{devicePrefix}{bus}.{chipSelect}");

    /// <inheritdoc/>
    public override string Name => Path;

    /// <inheritdoc/>
    public override bool TellsEdges => true;

    /// <inheritdoc/>
    public override int LongestTransfer
    {
        get
        {
            int limit = ReadLimit() / Alignment * Alignment;
            return limit < ShortestLimit
                ? throw new AdapterException($"{limitPath} says {ReadLimit()}, which no frame of full size fits; add spidev.bufsiz=16384 to the kernel's command line")
                : Math.Min(limit, 16384);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The controller takes the next lower clock it can make and does not tell which; too high a one becomes its highest.</remarks>
    public override int PossibleClock(int hertz)
    {
        return hertz;
    }

    /// <inheritdoc/>
    public override SpiDevice OpenSpi(int hertz)
    {
        CheckDevice();
        SpiDevice device = SpiDevice.Create(Settings(bus, chipSelect, hertz));
        try
        {
            // The device is opened, and refuses its clock, at the first transfer. One byte of zeros is no complete command to a W5500, and reads a
            // register of an ENC28J60.
            device.TransferFullDuplex([0], new byte[1]);
            return device;
        }
        catch (IOException e)
        {
            device.Dispose();
            throw new AdapterException($"{Path} does not work with {hertz} Hz (--clock): {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <inheritdoc/>
    public override GpioController OpenGpio()
    {
        try
        {
            return new GpioController();
        }
        catch (Exception e)
        {
            // What comes differs from one driver of the package to the next.
            throw new AdapterException("this computer's GPIO cannot be had for --interrupt and --reset: " + e.Message.ReplaceLineEndings(" ")
                + " (is libgpiod installed, are you in the group gpio?)");
        }
    }

    internal void CheckDevice()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new AdapterException("spidev needs Linux; --adapter ft232h and --adapter ft4222 do not");
        }

        if (!File.Exists(Path))
        {
            string folder = System.IO.Path.GetDirectoryName(devicePrefix)!;
            string[] others = Directory.GetFiles(folder, System.IO.Path.GetFileName(devicePrefix) + "*");
            Array.Sort(others, StringComparer.Ordinal);
            throw new AdapterException($"there is no {Path} (--bus, --cs); " + (others.Length > 0
                ? "there is " + string.Join(", ", others)
                : "no SPI bus is enabled: on a Raspberry Pi, sudo raspi-config nonint do_spi 0, then reboot"));
        }

        try
        {
            using var probe = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException)
        {
            throw new AdapterException($"no permission for {Path}: sudo usermod -aG spi $USER and log in anew, or run as root");
        }
        catch (IOException e)
        {
            throw new AdapterException($"cannot open {Path}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private int ReadLimit()
    {
        try
        {
            return int.Parse(File.ReadAllText(limitPath), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return UsualLimit;
        }
    }
}
