using System;
using System.Net.NetworkInformation;

namespace EmbeddedTcp.Boards;

/// <summary>What tells one ESP32 from another, and what nobody can guess.</summary>
public static class ChipIdentity
{
    /// <summary>
    /// The ESP32's own Ethernet address as the firmware's network configuration has it: the one that was burnt into the chip, unless
    /// somebody has changed it there.
    /// </summary>
    /// <returns>Six bytes, or null when the firmware has no network interface.</returns>
    public static byte[] ReadMacAddress()
    {
        try
        {
            NetworkInterface[] interfaces = NetworkInterface.GetAllNetworkInterfaces();
            for (int i = 0; i < interfaces.Length; i++)
            {
                byte[] address = interfaces[i].PhysicalAddress;
                if (MacAddressRule.Derive(address) != null)
                {
                    return address;
                }
            }
        }
        catch (Exception)
        {
            // A firmware without networking, or a configuration that was erased: the caller has to make do.
        }

        return null;
    }

    /// <summary>Bytes from the ESP32's hardware generator, which System.Random is there; it takes no seed.</summary>
    /// <remarks>
    /// The generator is fed by radio noise while Wi-Fi or Bluetooth runs. Without it it goes on from what it was fed with during the
    /// boot; more is not to be had from managed code.
    /// </remarks>
    public static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random().NextBytes(bytes);
        return bytes;
    }
}
