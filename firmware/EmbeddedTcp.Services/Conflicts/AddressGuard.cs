using EmbeddedTcp.Link;

namespace EmbeddedTcp.Services.Conflicts;

/// <summary>
/// Address conflict detection (RFC 5227): probes before an address is used, announces it when it is, defends it once against another host and then
/// gives it up. Whatever address the interface gets while there is a guard is announced and defended, whoever gave it.
/// </summary>
public sealed class AddressGuard : NetworkService
{
    // RFC 5227 §1.1, in milliseconds.
    private const int ProbeWait = 1000;
    private const int ProbeNumber = 3;
    private const int ProbeMinimum = 1000;
    private const int ProbeMaximum = 2000;
    private const int AnnounceWait = 2000;
    private const int AnnounceNumber = 2;
    private const int AnnounceInterval = 2000;
    private const int MaximumConflicts = 10;
    private const int RateLimitInterval = 60000;
    private const int DefendInterval = 10000;

    private uint _claimed;
    private int _claimedPrefix;
    private uint _claimedGateway;
    private int _sent;
    private long _dueAt;
    private long _conflictAt;
    private bool _hadConflict;

    /// <summary>Makes the guard of an interface.</summary>
    public AddressGuard(NetworkInterface net)
        : base(net)
    {
        AddressChanged();
    }

    /// <summary>The address that is probed, or was, or is ours.</summary>
    public uint Address { get; private set; }

    /// <summary>One of <see cref="GuardState"/>.</summary>
    public int State { get; private set; }

    /// <summary>Conflicts seen since the guard was made: probes that failed and attacks on an address of ours.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Begins to probe for an address; <see cref="State"/> tells the outcome after four to seven seconds, later after many conflicts.</summary>
    /// <param name="address">A host address that is not in use here.</param>
    public void Probe(uint address)
    {
        _claimed = 0;
        Begin(address);
    }

    /// <summary>Gives the interface a fixed address as soon as nobody else has it; while somebody has, it is tried again each minute.</summary>
    /// <param name="address">A host address.</param>
    /// <param name="prefixLength">1 to 30.</param>
    /// <param name="gateway">The default router, or 0.</param>
    public void Claim(uint address, int prefixLength, uint gateway)
    {
        _claimed = address;
        _claimedPrefix = prefixLength;
        _claimedGateway = gateway;
        Begin(address);
    }

    /// <summary>Claims and probes no more; an address in use goes on being defended.</summary>
    public void Forget()
    {
        _claimed = 0;
        State = State == GuardState.Ours ? GuardState.Ours : GuardState.Idle;
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        bool waits = _claimed != 0 && (State == GuardState.Taken || State == GuardState.Lost);
        if (State == GuardState.Probing && !Net.LinkUp)
        {
            // Nobody hears a probe now: it begins anew with the link.
            return NetworkInterface.Never;
        }

        if (State != GuardState.Probing && !waits && (State != GuardState.Ours || _sent >= AnnounceNumber))
        {
            return NetworkInterface.Never;
        }

        int left = (int)(_dueAt - Net.NowMs);
        if (left > 0)
        {
            return left;
        }

        if (waits)
        {
            Begin(_claimed);
        }
        else if (State == GuardState.Ours)
        {
            Net.Arp.Announce();
            _sent++;
            _dueAt = Net.NowMs + AnnounceInterval;
        }
        else if (_sent < ProbeNumber)
        {
            Net.Arp.Probe(Address);
            _sent++;
            _dueAt = Net.NowMs + (_sent < ProbeNumber ? ProbeMinimum + Net.NextRandom() % (ProbeMaximum - ProbeMinimum) : AnnounceWait);
        }
        else
        {
            State = GuardState.Free;
            if (_claimed != 0)
            {
                Net.Configure(_claimed, _claimedPrefix, _claimedGateway);
            }

            // Whoever asked for it is ticked once more, now that the answer is there.
            return 0;
        }

        left = (int)(_dueAt - Net.NowMs);
        return left < 0 ? 0 : left;
    }

    /// <inheritdoc />
    protected override void AddressChanged()
    {
        if (Net.Address == 0)
        {
            State = State == GuardState.Ours ? GuardState.Idle : State;
            return;
        }

        if (State != GuardState.Ours || Address != Net.Address)
        {
            Address = Net.Address;
            State = GuardState.Ours;
            _hadConflict = false;
            AnnounceAnew();
        }
    }

    /// <inheritdoc />
    protected override void LinkChanged(bool up)
    {
        // RFC 5227 §2.1 would have us probe again. Announcing keeps the connections alive where the cable is plugged into the same network, and in
        // another one whoever has the address defends it.
        if (up && State == GuardState.Ours)
        {
            AnnounceAnew();
        }
        else if (up && State == GuardState.Probing)
        {
            Begin(Address);
        }
    }

    /// <inheritdoc />
    protected override void ArpSeen(uint sender, uint target)
    {
        if (State == GuardState.Probing && (sender == Address || (sender == 0 && target == Address)))
        {
            // RFC 5227 §2.1.1: somebody has it, or somebody else is probing for it.
            Conflicts++;
            State = GuardState.Taken;
            _dueAt = Net.NowMs + RateLimitInterval;
            Wake();
        }
        else if (State == GuardState.Ours && sender == Address)
        {
            Conflicts++;
            Defend();
        }
    }

    private void Begin(uint address)
    {
        Address = address;
        State = GuardState.Probing;
        _sent = 0;

        // RFC 5227 §2.1.1: after ten conflicts no more than one attempt a minute.
        _dueAt = Net.NowMs + (Conflicts >= MaximumConflicts ? RateLimitInterval : Net.NextRandom() % ProbeWait);
        Wake();
    }

    private void AnnounceAnew()
    {
        _sent = 0;
        _dueAt = Net.NowMs;
        Wake();
    }

    // RFC 5227 §2.4 (b): the first conflict in a while is answered with one announcement, the next one ends our use of the address.
    private void Defend()
    {
        bool again = _hadConflict && Net.NowMs - _conflictAt < DefendInterval;
        _hadConflict = true;
        _conflictAt = Net.NowMs;
        if (!again)
        {
            Net.Arp.Announce();
            return;
        }

        State = GuardState.Lost;
        _dueAt = Net.NowMs + RateLimitInterval;
        Net.Configure(0, Net.PrefixLength, 0);
        Wake();
    }
}
