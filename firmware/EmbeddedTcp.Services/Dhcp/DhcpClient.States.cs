using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Dhcp;

/// <content>The states: RFC 2131 §4.4, figure 5.</content>
public sealed partial class DhcpClient
{
    private const uint Forever = 0xFFFFFFFF;

    // RFC 2131 §4.1: 4 s before the first repetition, doubled up to 64 s, each ± 1 s.
    private const int FirstDelay = 4000;
    private const int LongestDelay = 64000;
    private const int Jitter = 1000;

    // RFC 2131 §4.4.1 speaks of one to ten seconds before the first message; a board that boots alone need not wait so long.
    private const int LongestStartDelay = 1000;

    // RFC 2131 §3.1 (5) and §3.2: a request is repeated four times, one for a remembered address twice, before it begins anew.
    private const int RequestAttempts = 5;
    private const int RebootAttempts = 3;
    private const int DiscoversBeforeFallback = 3;

    // RFC 2131 §3.1 (5): at least ten seconds after a decline.
    private const int DeclineWait = 10000;

    // RFC 2131 §4.4.5: half of what is left until T2 or the end, and no less than a minute.
    private const int ShortestRenewal = 60000;

    // Time for the server's hardware address to be found before our own address is gone.
    private const int ReleaseWait = 1000;
    private const int LinkInterval = 1000;

    private int _transaction;
    private int _attempts;
    private long _begunAt;
    private long _dueAt;
    private uint _offered;
    private uint _offeredBy;
    private bool _reboot;
    private bool _hasLease;
    private uint _leased;
    private int _prefixLength;
    private uint _router;
    private long _askedAt;
    private long _renewAt;
    private long _rebindAt;
    private long _expiresAt;

    /// <inheritdoc />
    protected override int Tick()
    {
        if (State == DhcpState.Stopped)
        {
            return NetworkInterface.Never;
        }

        int length;
        while (State != DhcpState.Stopped && (length = _socket.ReceiveFrom(_buffer, 0, _buffer.Length)) >= 0)
        {
            if (_socket.FromLength > length || _socket.FromPort != ServerPort || !_reply.Parse(_buffer, length, _transaction, Net.MacAddress))
            {
                BadMessages++;
                continue;
            }

            Receive();
        }

        _socket.TakeEvents();

        // What has been given back is neither declined nor asked for anew.
        bool releasing = State == DhcpState.Releasing;
        if (_guard != null && !releasing)
        {
            LookAtGuard();
        }

        if (!releasing && _hasLease && LeaseSeconds != Forever && Net.NowMs >= _expiresAt)
        {
            // RFC 2131 §4.4.5: the lease has ended; we stop using the address at once.
            DropLease();
            Begin();
        }

        long left = _dueAt - Net.NowMs;
        if (left <= 0)
        {
            Due();
            left = _dueAt - Net.NowMs;
        }

        if (!releasing && _hasLease && LeaseSeconds != Forever && _expiresAt - Net.NowMs < left)
        {
            left = _expiresAt - Net.NowMs;
        }

        return left < 0 ? 0 : left > NetworkInterface.Never ? NetworkInterface.Never : (int)left;
    }

    /// <inheritdoc />
    protected override void LinkChanged(bool up)
    {
        if (!up || State == DhcpState.Stopped || State == DhcpState.Releasing)
        {
            return;
        }

        // RFC 2131 §3.7: after a change of network the address is verified. It stays in use until a server says no or the lease ends.
        if (_hasLease || State == DhcpState.Checking)
        {
            RememberedAddress = _leased;
            _reboot = true;
        }

        Begin();
    }

    private void Begin()
    {
        _begunAt = Net.NowMs;
        Enter(DhcpState.Init, Net.NextRandom() % LongestStartDelay);
    }

    private void Enter(int state, int delay)
    {
        State = state;
        _attempts = 0;
        _dueAt = Net.NowMs + delay;
        Wake();
    }

    // What is to be done when the time of a state has come.
    private void Due()
    {
        if (!Net.LinkUp)
        {
            // Nobody to ask: what is due waits for the link, which begins anew in any case.
            _dueAt = Net.NowMs + LinkInterval;
            return;
        }

        switch (State)
        {
            case DhcpState.Init:
                _transaction = Net.NextRandom();
                _offered = RememberedAddress;
                _offeredBy = 0;
                State = _reboot && _offered != 0 ? DhcpState.Rebooting : DhcpState.Selecting;
                _reboot = false;
                Repeat();
                break;
            case DhcpState.Selecting:
                if (_attempts >= DiscoversBeforeFallback)
                {
                    FallBack();
                }

                Repeat();
                break;
            case DhcpState.Requesting:
                if (_attempts >= RequestAttempts)
                {
                    Begin();
                    return;
                }

                Repeat();
                break;
            case DhcpState.Rebooting:
                if (_attempts < RebootAttempts)
                {
                    Repeat();
                }
                else if (_hasLease)
                {
                    // RFC 2131 §3.2 (3): nobody answers, and what is left of the lease is still ours.
                    Enter(DhcpState.Bound, 0);
                    _dueAt = _renewAt;
                }
                else
                {
                    Begin();
                }

                break;
            case DhcpState.Bound:
                if (LeaseSeconds == Forever)
                {
                    _dueAt = Net.NowMs + NetworkInterface.Never;
                    break;
                }

                _begunAt = Net.NowMs;
                _transaction = Net.NextRandom();
                State = Net.NowMs >= _rebindAt ? DhcpState.Rebinding : DhcpState.Renewing;
                Extend();
                break;
            case DhcpState.Renewing:
                State = Net.NowMs >= _rebindAt ? DhcpState.Rebinding : DhcpState.Renewing;
                Extend();
                break;
            case DhcpState.Rebinding:
                Extend();
                break;
            case DhcpState.Releasing:
                Stop();
                break;
            default:
                _dueAt = Net.NowMs + NetworkInterface.Never;
                break;
        }
    }

    // Sends what the state asks for, and doubles the time until it is sent again.
    private void Repeat()
    {
        if (State != DhcpState.Selecting)
        {
            _askedAt = _attempts == 0 ? Net.NowMs : _askedAt;
        }

        Send(State == DhcpState.Selecting ? DhcpOption.Discover : DhcpOption.Request, Ipv4Address.Broadcast);
        int delay = _attempts > 4 ? LongestDelay : FirstDelay << _attempts;
        _attempts++;
        _dueAt = Net.NowMs + delay - Jitter + Net.NextRandom() % (2 * Jitter);
    }

    private void Extend()
    {
        bool renewing = State == DhcpState.Renewing;
        _askedAt = Net.NowMs;
        Send(DhcpOption.Request, renewing ? Server : Ipv4Address.Broadcast);
        long end = renewing ? _rebindAt : _expiresAt;
        long half = (end - Net.NowMs) / 2;
        long next = Net.NowMs + (half < ShortestRenewal ? ShortestRenewal : half);
        _dueAt = next < end ? next : end;
    }

    private void Receive()
    {
        DhcpReply reply = _reply;
        if (reply.Type == DhcpOption.Offer && State == DhcpState.Selecting)
        {
            if (!IsUsable() || reply.Server == 0)
            {
                BadMessages++;
                return;
            }

            // The first good offer is taken. What other servers offered they take back when they see our request name another one (§3.1 (3)).
            _offered = reply.Address;
            _offeredBy = reply.Server;
            State = DhcpState.Requesting;
            _attempts = 0;
            Repeat();
            return;
        }

        bool asked = State == DhcpState.Requesting || State == DhcpState.Rebooting || State == DhcpState.Renewing || State == DhcpState.Rebinding;
        if (!asked || (State == DhcpState.Requesting && reply.Server != _offeredBy)
            || (State == DhcpState.Renewing && reply.Server != 0 && reply.Server != Server))
        {
            return;
        }

        if (reply.Type == DhcpOption.Nak)
        {
            // RFC 2131 §3.1 (4): the address must not be used, and everything begins anew.
            Refusals++;
            RememberedAddress = 0;
            DropLease();
            Begin();
        }
        else if (reply.Type == DhcpOption.Ack)
        {
            if (!IsUsable() || reply.Lease == 0 || reply.Address != _offered)
            {
                BadMessages++;
                return;
            }

            Acknowledged();
        }
    }
}
