namespace EmbeddedTcp.Boards;

/// <summary>How a board without an address of its own gets one.</summary>
public static class MacAddressRule
{
    /// <summary>
    /// Makes a locally administered address (IEEE 802-2014 §8.2.2: the second bit of the first octet) of the ESP32's own, which is
    /// globally unique: the same one at every boot, another one on every chip, and never the one its Wi-Fi uses.
    /// </summary>
    /// <param name="chip">The ESP32's address, six bytes.</param>
    /// <returns>Six bytes; null when what was given is no station's address.</returns>
    public static byte[] Derive(byte[] chip)
    {
        if (chip == null || chip.Length != 6)
        {
            return null;
        }

        int sum = 0;
        byte[] mac = new byte[6];
        for (int i = 0; i < 6; i++)
        {
            mac[i] = chip[i];
            sum |= chip[i];
        }

        if (sum == 0 || (mac[0] & 1) != 0)
        {
            return null;
        }

        mac[0] |= 2;
        return mac;
    }
}
