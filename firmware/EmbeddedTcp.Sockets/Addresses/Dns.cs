namespace EmbeddedTcp.Sockets;

/// <summary>Addresses of names.</summary>
public static class Dns
{
    /// <summary>Looks a name up by the resolver of <see cref="SocketHost.Default"/>, and waits for the answer.</summary>
    /// <param name="hostNameOrAddress">A name; an address in dotted decimal text is its own answer.</param>
    /// <exception cref="SocketException"><see cref="SocketError.HostNotFound"/>, <see cref="SocketError.NoData"/>: there is no such name or it
    /// has no IPv4 address. <see cref="SocketError.TryAgain"/>: nobody answered. <see cref="SocketError.NoRecovery"/>: every server refused.</exception>
    public static IPHostEntry GetHostEntry(string hostNameOrAddress)
    {
        return SocketHost.Required(null).GetHostEntry(hostNameOrAddress);
    }

    /// <summary>The addresses of <see cref="GetHostEntry"/>.</summary>
    public static IPAddress[] GetHostAddresses(string hostNameOrAddress)
    {
        return GetHostEntry(hostNameOrAddress).AddressList;
    }
}

/// <summary>A name with its addresses.</summary>
public class IPHostEntry
{
    /// <summary>The name.</summary>
    public string HostName { get; set; }

    /// <summary>Its addresses, one at least.</summary>
    public IPAddress[] AddressList { get; set; }
}
