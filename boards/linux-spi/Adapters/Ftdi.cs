using System;
using System.Collections.Generic;
using System.IO;

namespace EmbeddedTcp.LinuxSpi.Adapters;

/// <summary>What FTDI's adapters have in common: their library, and how it fails.</summary>
internal static class Ftdi
{
    /// <summary>Calls the library.</summary>
    /// <exception cref="AdapterException">Says in one line what is missing.</exception>
    internal static T Try<T>(string adapter, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (DllNotFoundException e)
        {
            throw new AdapterException($"{adapter}: FTDI's library is not installed ({FirstSentence(e.Message)}); boards/linux-spi/README.md says which one and where it goes");
        }
        catch (Exception e) when (e is EntryPointNotFoundException or BadImageFormatException)
        {
            throw new AdapterException($"{adapter}: FTDI's library is not the right one for this computer: {FirstSentence(e.Message)}");
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new AdapterException($"{adapter} does not open: {FirstSentence(e.Message)}. Does another program or the kernel's serial driver have it "
                + "(sudo rmmod ftdi_sio), or is there no permission for the USB device (README.md, udev)?");
        }
    }

    /// <summary>Takes one of the devices that were found.</summary>
    /// <exception cref="AdapterException">There is no such one.</exception>
    internal static T Pick<T>(string adapter, IReadOnlyList<T> found, int index)
    {
        if (found.Count == 0)
        {
            throw new AdapterException($"no {adapter} was found on USB: is it plugged in, is there permission for it (README.md, udev)?");
        }

        return index < found.Count
            ? found[index]
            : throw new AdapterException($"--bus {index}: there are {found.Count} adapters {adapter}, numbered from 0");
    }

    // .NET adds a page of advice to the first line.
    private static string FirstSentence(string message)
    {
        string line = message.Split('\n')[0].Trim();
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end > 0 ? line[..end] : line).TrimEnd('.');
    }
}
