using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>Prints every slot with its queues and timers, the listeners, the half-open peers and those in TIME_WAIT.</summary>
public sealed class NetstatCommand : Command
{
    /// <summary>The command.</summary>
    public NetstatCommand()
        : base("netstat", "", "every connection, listener and waiting entry")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        TcpEngine tcp = application.Net.Tcp;
        output.WriteLine("Slot Local                 Remote                State       SendQ RecvQ Owner");
        for (int i = 0; i < tcp.SlotCount; i++)
        {
            PrintSlot(application, output, tcp.SlotAt(i));
        }

        PrintHalfOpen(application, output);
        PrintTimeWait(application, output);
        PrintListeners(application, output);
        output.WriteLine(tcp.FreeSlots.ToString() + " of " + Format.Count(tcp.SlotCount, "slot") + " free");
        return null;
    }

    private static void PrintSlot(Application application, TextOutput output, TcpConnection c)
    {
        string slot = Format.Right(c.Index, 3) + "  ";
        if (!c.InUse)
        {
            output.WriteLine(slot + "free");
            return;
        }

        ConnectionHandler handler = application.Dispatcher.HandlerAt(c.Index);
        output.WriteLine(slot + Row(c.LocalAddress, c.LocalPort, c.RemoteAddress, c.RemotePort, TcpStateName.Of(c.State))
            + Format.Right(c.SendQueued, 5) + Format.Right(c.ReceiveQueued, 6) + " " + (handler == null ? "-" : handler.Name));
        LineWrap details = new LineWrap(output, "     ", "     ");
        details.Add("rto " + c.Rto.ToString() + " ms");
        details.Add("srtt " + c.SmoothedRtt.ToString() + " ms");
        details.Add("cwnd " + c.CongestionWindow.ToString());
        details.Add("snd.wnd " + c.SendWindow.ToString());
        details.Add("rcv.wnd " + c.ReceiveWindow.ToString());
        details.Add("mss " + c.MaximumSegmentSize.ToString());
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

        long deadline = application.Dispatcher.DeadlineInMs(c.Index);
        if (deadline >= 0)
        {
            details.Add("deadline in " + deadline.ToString() + " ms");
        }

        details.End();
    }

    private static void PrintHalfOpen(Application application, TextOutput output)
    {
        SynTable table = application.Net.Tcp.HalfOpen;
        for (int i = 0; i < table.Capacity; i++)
        {
            if (table.InUseAt(i))
            {
                output.WriteLine("  -  " + Row(application.Net.Address, table.LocalPortAt(i), table.RemoteAddressAt(i), table.RemotePortAt(i),
                    TcpStateName.Of(TcpState.SynReceived)) + "again in " + table.DeadlineInMsAt(i).ToString() + " ms");
            }
        }
    }

    private static void PrintTimeWait(Application application, TextOutput output)
    {
        TimeWaitTable table = application.Net.Tcp.TimeWait;
        for (int i = 0; i < table.Capacity; i++)
        {
            if (table.InUseAt(i))
            {
                output.WriteLine("  -  " + Row(application.Net.Address, table.LocalPortAt(i), table.RemoteAddressAt(i), table.RemotePortAt(i),
                    TcpStateName.Of(TcpState.TimeWait)) + "for " + table.RemainingMsAt(i).ToString() + " ms");
            }
        }
    }

    private static void PrintListeners(Application application, TextOutput output)
    {
        TcpEngine tcp = application.Net.Tcp;
        for (int i = 0; i < tcp.ListenerCount; i++)
        {
            TcpListener listener = tcp.ListenerAt(i);
            if (listener != null)
            {
                output.WriteLine("  -  " + Format.Left("*:" + listener.Port.ToString(), 22) + Format.Left("*:*", 22) + Format.Left("LISTEN", 12)
                    + listener.Pending.ToString() + " of " + listener.Backlog.ToString() + " " + Owner(application, listener));
            }
        }
    }

    private static string Owner(Application application, TcpListener listener)
    {
        for (int i = 0; i < application.Dispatcher.ServiceCount; i++)
        {
            Service service = application.Dispatcher.ServiceAt(i);
            if (service.Listener == listener)
            {
                return service.Name;
            }
        }

        return "-";
    }

    // 22 + 22 + 12 columns: an endpoint has at most 21 characters, a state at most 11.
    private static string Row(uint localAddress, int localPort, uint remoteAddress, int remotePort, string state)
    {
        return Format.Left(Format.Endpoint(localAddress, localPort), 22) + Format.Left(Format.Endpoint(remoteAddress, remotePort), 22)
            + Format.Left(state, 12);
    }
}
