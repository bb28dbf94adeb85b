namespace EmbeddedTcp.Wire;

/// <summary>IPv4 addresses as unsigned integers, most significant octet first, and as dotted text.</summary>
public static class Ipv4Address
{
    /// <summary>The limited broadcast address, 255.255.255.255.</summary>
    public const uint Broadcast = 0xFFFFFFFF;

    /// <summary>The high 16 bits of a link-local address, 169.254 (RFC 3927).</summary>
    public const uint LinkLocalPrefix = 0xA9FE;

    /// <summary>Dotted decimal text.</summary>
    public static string Format(uint address)
    {
        return (address >> 24).ToString() + "." + ((address >> 16) & 255).ToString() + "."
            + ((address >> 8) & 255).ToString() + "." + (address & 255).ToString();
    }

    /// <summary>Reads dotted decimal text: four numbers of one to three digits, 0 to 255, and nothing else.</summary>
    /// <param name="text">The text; may be null.</param>
    /// <param name="address">The address, or 0.</param>
    /// <returns>False when the text is not an address.</returns>
    public static bool TryParse(string text, out uint address)
    {
        address = 0;
        if (text == null)
        {
            return false;
        }

        uint result = 0;
        int parts = 0;
        int digits = 0;
        int octet = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '.';
            if (c >= '0' && c <= '9')
            {
                octet = octet * 10 + (c - '0');
                digits++;
                if (digits > 3 || octet > 255)
                {
                    return false;
                }
            }
            else if (c == '.' && digits > 0 && parts < 4)
            {
                result = (result << 8) | (uint)octet;
                parts++;
                octet = 0;
                digits = 0;
            }
            else
            {
                return false;
            }
        }

        if (parts != 4)
        {
            return false;
        }

        address = result;
        return true;
    }

    /// <summary>True when a host can have this address: one of its network, and neither that network's own nor its broadcast address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">Length of the network prefix; outside 1 to 30 no address is one.</param>
    public static bool IsHost(uint address, int prefixLength)
    {
        if (prefixLength < 1 || prefixLength > 30)
        {
            return false;
        }

        uint last = ~(0xFFFFFFFF << (32 - prefixLength));
        uint host = address & last;
        uint first = address >> 24;
        return host != 0 && host != last && first != 0 && first != 127 && first < 224;
    }

    /// <summary>True for 224.0.0.0/4.</summary>
    public static bool IsMulticast(uint address)
    {
        return (address & 0xF0000000) == 0xE0000000;
    }
}

/// <summary>Ethernet addresses as text.</summary>
public static class MacAddress
{
    private const string Digits = "0123456789abcdef";

    /// <summary>Six bytes from <paramref name="offset"/> as lower-case hexadecimal with colons.</summary>
    public static string Format(byte[] bytes, int offset)
    {
        char[] text = new char[17];
        for (int i = 0; i < 6; i++)
        {
            int value = bytes[offset + i];
            text[i * 3] = Digits[value >> 4];
            text[i * 3 + 1] = Digits[value & 15];
            if (i < 5)
            {
                text[i * 3 + 2] = ':';
            }
        }

        return new string(text);
    }
}
