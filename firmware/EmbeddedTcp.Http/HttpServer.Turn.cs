using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Http;

/// <content>The turn: who comes in, who has news, whose time is over, who gives way. Every call that may reach a handler passes the wall here.</content>
public sealed partial class HttpServer
{
    private const int CallServe = 0;
    private const int CallExpire = 1;
    private const int CallRelease = 2;

    /// <inheritdoc/>
    protected override int Tick()
    {
        Now = Net.NowMs;
        if (_places == null)
        {
            return NetworkInterface.Never;
        }

        Accept();
        HttpConnection[] places = _places;
        long next = Now + NetworkInterface.Never;
        bool closing = false;
        for (int i = 0; i < places.Length; i++)
        {
            HttpConnection place = places[i];
            if (place.Phase == HttpConnection.Free)
            {
                continue;
            }

            int events = place.Connection.TakeEvents();
            if ((events & ~TcpEvents.Ended) != 0 || place.ToBeContinued)
            {
                Call(place, CallServe);
            }

            if ((events & TcpEvents.Ended) != 0 && place.Phase != HttpConnection.Free)
            {
                Call(place, CallRelease);
            }
            else if (place.Phase != HttpConnection.Free && place.Deadline <= Now)
            {
                Call(place, CallExpire);
            }

            if (place.Phase != HttpConnection.Free)
            {
                closing |= place.Phase == HttpConnection.AwaitingClose;
                next = place.Deadline < next ? place.Deadline : next;
            }
        }

        if (Listener != null)
        {
            MakeRoom(closing);
        }

        return next <= Now ? 0 : (int)(next - Now);
    }

    private void Accept()
    {
        HttpConnection[] places = _places;
        for (int i = 0; i < places.Length && Listener != null && Listener.Pending > 0; i++)
        {
            HttpConnection place = places[i];
            if (place.Phase != HttpConnection.Free)
            {
                continue;
            }

            TcpConnection connection = Listener.Accept();
            connection.Tag = place;
            connection.Service = this;
            connection.TakeEvents();
            Open++;
            Opened++;
            _wantedUntil = 0;
            place.Start(connection);
            Call(place, CallServe); // Data may have come with the handshake.
        }
    }

    // Newcomers beyond the limit are not even accepted by the engine; it tells when it had to refuse one.
    private void MakeRoom(bool closing)
    {
        int room = _places.Length - Open;
        Listener.Backlog = room < _options.Backlog ? room : _options.Backlog;
        if (Listener.Refused == _refusedSeen)
        {
            return;
        }

        _refusedSeen = Listener.Refused;
        _wantedUntil = Now + RefusalMemory;
        if (closing)
        {
            return; // Somebody is about to leave.
        }

        HttpConnection victim = null;
        for (int i = 0; i < _places.Length; i++)
        {
            HttpConnection place = _places[i];
            int grace = place.Served > 0 ? NextRequestGrace : FirstRequestGrace;
            if (place.IsIdle && place.Connection.Available == 0 && Now - place.IdleSince >= grace && (victim == null || place.IdleSince < victim.IdleSince))
            {
                victim = place;
            }
        }

        if (victim != null)
        {
            // Not lingering: a client that keeps idle connections in store may notice the FIN much later. The engine waits for its FIN, and gives
            // the slot away when it is mute.
            Evicted++;
            victim.Release(victim.Connection.SendQueued > 0);
            Listener.Backlog = 1;
        }
    }

    // The wall between one handler's mistake and everything else.
    private void Call(HttpConnection place, int what)
    {
        try
        {
            if (what == CallServe)
            {
                place.Serve();
            }
            else if (what == CallExpire)
            {
                place.Expire();
            }
            else
            {
                place.Release(false);
            }
        }
        catch (Exception fault)
        {
            Report(fault);
            if (place.Phase != HttpConnection.Free)
            {
                place.Fail();
            }
        }
    }
}
