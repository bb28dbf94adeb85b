using EmbeddedTcp.Tcp;
using EmbeddedTcp.Udp;

namespace EmbeddedTcp.App;

/// <summary>The table of <see cref="NetstatCommand"/>, an entry in a step.</summary>
public sealed class NetstatListing : Listing
{
    private readonly Application _application;
    private readonly TcpEngine _tcp;
    private readonly bool _brief;
    private readonly bool _udp;

    /// <summary>A table that has not begun yet.</summary>
    /// <param name="application">What it is about.</param>
    /// <param name="output">Where it prints.</param>
    /// <param name="brief">True for a line each, and nothing of what is free.</param>
    /// <param name="udp">True to list UDP sockets too.</param>
    public NetstatListing(Application application, TextOutput output, bool brief, bool udp)
        : base(output)
    {
        _application = application;
        _tcp = application.Net.Tcp;
        _brief = brief;
        _udp = udp && application.Net.Udp != null;
    }

    /// <inheritdoc/>
    protected override bool Print(int step)
    {
        if (step == 0)
        {
            Output.WriteLine("Slot Local                 Remote                State       SendQ RecvQ Owner");
            return true;
        }

        // The sections in their order; each is passed by taking its steps off the number.
        step--;
        if (step < _tcp.SlotCount)
        {
            PrintSlot(_tcp.SlotAt(step));
            return true;
        }

        step -= _tcp.SlotCount;
        if (step < _tcp.HalfOpen.Capacity)
        {
            PrintHalfOpen(step);
            return true;
        }

        step -= _tcp.HalfOpen.Capacity;
        if (step < _tcp.TimeWait.Capacity)
        {
            PrintTimeWait(step);
            return true;
        }

        step -= _tcp.TimeWait.Capacity;
        if (step < _tcp.ListenerCount)
        {
            PrintListener(_tcp.ListenerAt(step));
            return true;
        }

        step -= _tcp.ListenerCount;
        if (_udp && step < _application.Net.Udp.SocketCount)
        {
            PrintSocket(_application.Net.Udp.SocketAt(step));
            return true;
        }

        Output.WriteLine(_tcp.FreeSlots.ToString() + " of " + Format.Count(_tcp.SlotCount, "slot") + " free");
        return false;
    }

    private void PrintSlot(TcpConnection c)
    {
        string slot = Format.Right(c.Index, 3) + "  ";
        if (!c.InUse)
        {
            if (!_brief)
            {
                Output.WriteLine(slot + "free");
            }

            return;
        }

        string owner = _application.OwnerOf(c.Index);
        Output.WriteLine(slot + Row(c.LocalAddress, c.LocalPort, c.RemoteAddress, c.RemotePort, TcpStateName.Of(c.State))
            + Format.Right(c.SendQueued, 5) + Format.Right(c.ReceiveQueued, 6) + " " + (owner.Length == 0 ? "-" : owner));
        if (!_brief)
        {
            PrintDetails(c);
        }
    }

    private void PrintDetails(TcpConnection c)
    {
        LineWrap details = new LineWrap(Output, "     ", "     ");
        details.Add("rto " + c.Rto.ToString() + " ms");
        details.Add("srtt " + c.SmoothedRtt.ToString() + " ms");
        details.Add("cwnd " + c.CongestionWindow.ToString());
        details.Add("snd.wnd " + c.SendWindow.ToString());
        details.Add("rcv.wnd " + c.ReceiveWindow.ToString());
        details.Add("mss " + c.MaximumSegmentSize.ToString());
        for (int bit = 1; bit <= TcpFeatures.Ecn; bit <<= 1)
        {
            if ((c.NegotiatedFeatures & bit) != 0)
            {
                details.Add(StateJson.FeatureName(bit));
            }
        }

        if (c.Retransmissions != 0)
        {
            details.Add("retransmitted " + Format.Count(c.Retransmissions, "time"));
        }

        for (int timer = 0; timer < ConnectionTimers.Count; timer++)
        {
            int left = c.TimerRemainingMs(timer);
            if (left >= 0)
            {
                details.Add(ConnectionTimers.NameOf(timer) + " in " + left.ToString() + " ms");
            }
        }

        long deadline = _application.Dispatcher.DeadlineInMs(c.Index);
        if (deadline >= 0)
        {
            details.Add("deadline in " + deadline.ToString() + " ms");
        }

        details.End();
    }

    private void PrintHalfOpen(int i)
    {
        SynTable table = _tcp.HalfOpen;
        if (table.InUseAt(i))
        {
            PrintWaiting(table, i, TcpState.SynReceived, "again in " + table.RemainingMsAt(i).ToString() + " ms");
        }
    }

    private void PrintTimeWait(int i)
    {
        TimeWaitTable table = _tcp.TimeWait;
        if (table.InUseAt(i))
        {
            PrintWaiting(table, i, TcpState.TimeWait, "for " + table.RemainingMsAt(i).ToString() + " ms");
        }
    }

    private void PrintWaiting(PeerTable table, int i, TcpState state, string time)
    {
        Output.WriteLine("  -  " + Row(_application.Net.Address, table.LocalPortAt(i), table.RemoteAddressAt(i), table.RemotePortAt(i),
            TcpStateName.Of(state)) + time);
    }

    private void PrintListener(TcpListener listener)
    {
        if (listener != null)
        {
            string owner = _application.OwnerOf(listener);
            Output.WriteLine("  -  " + Format.Left("*:" + listener.Port.ToString(), 22) + Format.Left("*:*", 22) + Format.Left("LISTEN", 12)
                + listener.Pending.ToString() + " of " + listener.Backlog.ToString() + " " + (owner.Length == 0 ? "-" : owner));
        }
    }

    private void PrintSocket(UdpSocket socket)
    {
        if (socket != null && socket.LocalPort != 0)
        {
            string remote = socket.RemotePort == 0 ? "*:*" : Format.Endpoint(socket.RemoteAddress, socket.RemotePort);
            Output.WriteLine("  -  " + Format.Left("*:" + socket.LocalPort.ToString(), 22) + Format.Left(remote, 22) + Format.Left("UDP", 12)
                + Format.Count(socket.Pending, "datagram"));
        }
    }

    // 22 + 22 + 12 columns: an endpoint has at most 21 characters, a state at most 11.
    private static string Row(uint localAddress, int localPort, uint remoteAddress, int remotePort, string state)
    {
        return Format.Left(Format.Endpoint(localAddress, localPort), 22) + Format.Left(Format.Endpoint(remoteAddress, remotePort), 22)
            + Format.Left(state, 12);
    }
}

/// <summary>The same in JSON.</summary>
public sealed class NetstatJsonListing : JsonListing
{
    private readonly Application _application;
    private readonly TcpEngine _tcp;

    /// <summary>A document that has not begun yet.</summary>
    public NetstatJsonListing(Application application, TextOutput output)
        : base(output)
    {
        _application = application;
        _tcp = application.Net.Tcp;
    }

    /// <inheritdoc/>
    protected override bool Compose(int step)
    {
        if (step == 0)
        {
            Json.Begin(null, '{');
            Json.Number("freeSlots", _tcp.FreeSlots);
            Json.Begin("connections", '[');
            return true;
        }

        step--;
        if (step < _tcp.SlotCount)
        {
            StateJson.Connection(Json, _application, step);
            return true;
        }

        step -= _tcp.SlotCount;
        if (step < _tcp.HalfOpen.Capacity)
        {
            Open(step, "halfOpen");
            StateJson.HalfOpen(Json, _application, step);
            return true;
        }

        step -= _tcp.HalfOpen.Capacity;
        if (step < _tcp.TimeWait.Capacity)
        {
            Open(step, "timeWait");
            StateJson.TimeWait(Json, _application, step);
            return true;
        }

        step -= _tcp.TimeWait.Capacity;
        if (step < _tcp.ListenerCount)
        {
            Open(step, "listeners");
            StateJson.Listener(Json, _application, step);
            return true;
        }

        Json.End(']');
        Json.End('}');
        return false;
    }

    private void Open(int step, string name)
    {
        if (step == 0)
        {
            Json.End(']');
            Json.Begin(name, '[');
        }
    }
}
