using EmbeddedTcp.Link;

namespace EmbeddedTcp.Services.Conflicts;

/// <summary>
/// Gives the interface a link-local address (RFC 3927): one of 169.254.1.0 to 169.254.254.255 that nobody has, another one if it is lost. For
/// networks without a DHCP server.
/// </summary>
public sealed class LinkLocalAddress : NetworkService
{
    private const uint First = 0xA9FE0100;
    private const int Number = 254 * 256;
    private const int PrefixLength = 16;

    private readonly AddressGuard _guard;
    private uint _candidate;

    /// <summary>Makes the service; nothing happens before <see cref="Start"/>.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="guard">Its guard, which probes.</param>
    public LinkLocalAddress(NetworkInterface net, AddressGuard guard)
        : base(net)
    {
        _guard = guard;
    }

    /// <summary>True between <see cref="Start"/> and <see cref="Stop"/>.</summary>
    public bool Running { get; private set; }

    /// <summary>Looks for an address and uses it. The one that was used last is tried first, at first one that follows from the hardware address.</summary>
    public void Start()
    {
        if (Running)
        {
            return;
        }

        Running = true;
        if (_candidate == 0)
        {
            // RFC 3927 §2.1: derived from the hardware address, so that a host tends to get the same one each time.
            byte[] mac = Net.MacAddress;
            int hash = 0;
            for (int i = 0; i < 6; i++)
            {
                hash = (hash * 31 + mac[i]) & 0xFFFFFF;
            }

            _candidate = First + (uint)(hash % Number);
        }

        _guard.Probe(_candidate);
    }

    /// <summary>Looks no longer, and takes the address from the interface if it has it.</summary>
    public void Stop()
    {
        if (!Running)
        {
            return;
        }

        Running = false;
        if (Net.Address == _candidate)
        {
            Net.Configure(0, PrefixLength, 0);
        }
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        if (!Running || _guard.Address != _candidate)
        {
            return NetworkInterface.Never;
        }

        if (_guard.State == GuardState.Free)
        {
            Net.Configure(_candidate, PrefixLength, 0);
        }
        else if (_guard.State == GuardState.Taken || _guard.State == GuardState.Lost)
        {
            _candidate = First + (uint)(Net.NextRandom() % Number);
            _guard.Probe(_candidate);
        }

        return NetworkInterface.Never;
    }
}
