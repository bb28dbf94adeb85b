namespace EmbeddedTcp.App;

/// <summary>The control bits of a segment by name, as in SYN,ACK.</summary>
internal static class TraceFlags
{
    private static readonly string[] Names = new string[] { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR" };

    // The order in which people say them. Digits of a string, since the metadata of an initialised int[] are refused by the device.
    private const string Order = "10235674";

    internal static string NamesOf(int flags)
    {
        string text = "";
        for (int i = 0; i < Order.Length; i++)
        {
            int bit = Order[i] - '0';
            if ((flags & (1 << bit)) != 0)
            {
                text += (text.Length == 0 ? "" : ",") + Names[bit];
            }
        }

        return text.Length == 0 ? "no flags" : text;
    }
}
