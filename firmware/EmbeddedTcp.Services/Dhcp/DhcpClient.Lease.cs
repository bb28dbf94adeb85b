using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Dhcp;

/// <content>What becomes of a lease: taken, checked, used, given up; and what is used without one.</content>
public sealed partial class DhcpClient
{
    // An address that a host can have, with a mask we can work with.
    private bool IsUsable()
    {
        return Ipv4Address.IsHost(_reply.Address, _reply.PrefixLength);
    }

    private void Acknowledged()
    {
        DhcpReply reply = _reply;
        bool wasOurs = _hasLease && _leased == reply.Address && Net.Address == _leased;
        // RFC 2131 §4.4.1: the lease counts from the moment at which its request was sent.
        LeaseSeconds = reply.Lease;
        long lease = reply.Lease * 1000L;
        long renew = reply.RenewalTime != 0 ? reply.RenewalTime * 1000L : lease / 2;
        long rebind = reply.RebindingTime != 0 ? reply.RebindingTime * 1000L : lease / 8 * 7;
        if (renew <= 0 || rebind <= renew || lease <= rebind)
        {
            renew = lease / 2;
            rebind = lease / 8 * 7;
        }

        _renewAt = _askedAt + renew;
        _rebindAt = _askedAt + rebind;
        _expiresAt = _askedAt + lease;
        if (reply.Server != 0)
        {
            Server = reply.Server;
        }

        _offered = reply.Address;
        _offeredBy = Server;
        _leased = reply.Address;
        _prefixLength = reply.PrefixLength;
        _router = reply.Router;
        Array.Copy(reply.DnsServers, 0, _dnsServers, 0, _dnsServers.Length);
        Array.Copy(reply.NtpServers, 0, _ntpServers, 0, _ntpServers.Length);
        if (wasOurs || _guard == null)
        {
            Bind();
            return;
        }

        EndFallback();
        State = DhcpState.Checking;
        _dueAt = Net.NowMs + NetworkInterface.Never;
        _guard.Probe(_leased);
    }

    private void Bind()
    {
        EndFallback();
        _hasLease = true;
        RememberedAddress = _leased;
        State = DhcpState.Bound;
        _dueAt = LeaseSeconds == Forever ? Net.NowMs + NetworkInterface.Never : _renewAt;
        bool onLink = ((_router ^ _leased) & (0xFFFFFFFF << (32 - _prefixLength))) == 0;
        uint router = onLink ? _router : 0;
        if (Net.Address != _leased || Net.PrefixLength != _prefixLength || Net.Gateway != router)
        {
            Net.Configure(_leased, _prefixLength, router);
        }
    }

    private void LookAtGuard()
    {
        if (_guard.Address != _leased)
        {
            return;
        }

        if (State == DhcpState.Checking && _guard.State == GuardState.Free)
        {
            Bind();
        }
        else if ((State == DhcpState.Checking && _guard.State == GuardState.Taken) || (_hasLease && _guard.State == GuardState.Lost))
        {
            Declined++;
            _offered = _leased;
            _offeredBy = Server;
            State = DhcpState.Checking;
            Send(DhcpOption.Decline, Ipv4Address.Broadcast);
            RememberedAddress = 0;
            DropLease();
            _begunAt = Net.NowMs;
            Enter(DhcpState.Init, DeclineWait);
        }
    }

    private void DropLease()
    {
        bool inUse = _hasLease && Net.Address == _leased;
        _hasLease = false;
        _leased = 0;
        Server = 0;
        LeaseSeconds = 0;
        Array.Clear(_dnsServers, 0, _dnsServers.Length);
        Array.Clear(_ntpServers, 0, _ntpServers.Length);
        if (inUse)
        {
            Net.Configure(0, Net.PrefixLength, 0);
        }
    }

    private void FallBack()
    {
        if (FellBack || _hasLease || Net.Address != 0)
        {
            return;
        }

        if (LinkLocal != null)
        {
            FellBack = true;
            LinkLocal.Start();
        }
        else if (FallbackAddress != 0)
        {
            FellBack = true;
            if (_guard != null)
            {
                _guard.Claim(FallbackAddress, FallbackPrefixLength, FallbackGateway);
            }
            else
            {
                Net.Configure(FallbackAddress, FallbackPrefixLength, FallbackGateway);
            }
        }
    }

    private void EndFallback()
    {
        if (!FellBack)
        {
            return;
        }

        FellBack = false;
        if (LinkLocal != null)
        {
            LinkLocal.Stop();
        }
        else
        {
            if (_guard != null)
            {
                _guard.Forget();
            }

            if (Net.Address == FallbackAddress)
            {
                Net.Configure(0, Net.PrefixLength, 0);
            }
        }
    }
}
