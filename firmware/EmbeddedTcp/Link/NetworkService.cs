namespace EmbeddedTcp.Link;

/// <summary>
/// Something that lives with an interface and has deadlines of its own: a DHCP client, a resolver, a responder. It is ticked from within
/// <see cref="NetworkInterface.Poll"/>, so it needs no thread and no clock.
/// </summary>
public abstract class NetworkService
{
    internal NetworkService Next;

    /// <summary>Makes a service of an interface; it is ticked from the next poll on.</summary>
    /// <param name="net">The interface.</param>
    protected NetworkService(NetworkInterface net)
    {
        Net = net;
        net.Attach(this);
    }

    /// <summary>The interface.</summary>
    public NetworkInterface Net { get; }

    /// <summary>What a console calls the owner of a connection; empty for no name.</summary>
    public virtual string OwnerName
    {
        get { return ""; }
    }

    /// <summary>Asks for a tick at the next poll, which is then due at once.</summary>
    public void Wake()
    {
        Net.WakeIn(0);
    }

    /// <summary>
    /// Does what is due. Called at least as often as it asks for, after <see cref="Wake"/>, and whenever something happened on a socket whose
    /// <see cref="Udp.UdpSocket.Service"/> it is.
    /// </summary>
    /// <returns>Milliseconds until it is to be called again, at most <see cref="NetworkInterface.Never"/>.</returns>
    protected internal abstract int Tick();

    /// <summary>The cable was plugged in or pulled.</summary>
    /// <param name="up">True when there is a link now.</param>
    protected internal virtual void LinkChanged(bool up)
    {
    }

    /// <summary>An ARP packet of another host arrived.</summary>
    /// <param name="sender">The address it claims, 0 in a probe.</param>
    /// <param name="target">The address it is about.</param>
    protected internal virtual void ArpSeen(uint sender, uint target)
    {
    }

    /// <summary>The interface's address, prefix or gateway is another one now (<see cref="NetworkInterface.Configure"/>).</summary>
    protected internal virtual void AddressChanged()
    {
    }
}
