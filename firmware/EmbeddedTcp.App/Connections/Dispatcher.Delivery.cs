using System;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <content>How connections come in, events and deadlines are delivered, and connections leave: every call of a handler is here or in Stop.</content>
public sealed partial class Dispatcher
{
    private void Accept()
    {
        for (int i = 0; i < ServiceCount; i++)
        {
            Service service = _services[i];
            TcpListener listener = service.Listener;
            if (listener != null && listener.Service != null)
            {
                continue; // Accepted by somebody else.
            }

            TcpConnection connection;
            while (listener != null && (connection = listener.Accept()) != null)
            {
                Adopt(connection, service);
                try
                {
                    service.OnAccepted(connection);
                    if (_connections[connection.Index] == connection)
                    {
                        // Data may have come with the handshake, its event before there was anyone to take it.
                        service.OnReady(connection);
                    }
                }
                catch (Exception e)
                {
                    Fault(service, connection, e);
                }
            }
        }
    }

    private void Adopt(TcpConnection connection, ConnectionHandler handler)
    {
        int slot = connection.Index;
        connection.Tag = handler;
        _connections[slot] = connection;
        _handlers[slot] = handler;
        _deadlines[slot] = Never;
        handler.Open++;
        handler.Opened++;
        Open++;
    }

    private void Deliver(TcpConnection connection, int events)
    {
        int slot = connection.Index;
        if (_connections[slot] != connection)
        {
            return; // Not accepted yet: whoever accepts it looks at it as a whole.
        }

        ConnectionHandler handler = _handlers[slot];
        try
        {
            if ((events & ~TcpEvents.Ended) != 0)
            {
                handler.OnReady(connection);
            }

            if ((events & TcpEvents.Ended) != 0)
            {
                Release(connection, false);
            }
        }
        catch (Exception e)
        {
            Fault(handler, connection, e);
        }
    }

    private void RunDeadlines()
    {
        long next = Never;
        _nextDeadline = Never; // Handlers that move a deadline lower it again.
        for (int i = 0; i < SlotCount; i++)
        {
            TcpConnection connection = _connections[i];
            if (connection != null && _deadlines[i] <= NowMs)
            {
                ConnectionHandler handler = _handlers[i];
                _deadlines[i] = Never;
                try
                {
                    handler.OnDeadline(connection);
                }
                catch (Exception e)
                {
                    Fault(handler, connection, e);
                }
            }

            if (_deadlines[i] < next)
            {
                next = _deadlines[i];
            }
        }

        if (next < _nextDeadline)
        {
            _nextDeadline = next;
        }
    }

    private void Release(TcpConnection connection, bool abort)
    {
        int slot = connection.Index;
        if (_connections[slot] != connection)
        {
            return; // Given back already: the reference is the engine's, perhaps somebody else's by now.
        }

        ConnectionHandler handler = _handlers[slot];
        try
        {
            handler.OnReleased(connection);
        }
        catch (Exception e)
        {
            Report(handler, e);
            abort = true;
        }

        _connections[slot] = null;
        _handlers[slot] = null;
        _deadlines[slot] = Never;
        connection.Tag = null;
        handler.Open--;
        Open--;
        if (abort)
        {
            connection.Abort();
        }
        else
        {
            connection.Close();
        }
    }

    private void Fault(ConnectionHandler handler, TcpConnection connection, Exception e)
    {
        Report(handler, e);
        Release(connection, true);
    }

    internal void Report(ConnectionHandler handler, Exception e)
    {
        Faults++;
        handler.Faults++;
        if (NowMs - _lastFaultPrinted >= FaultPrintInterval)
        {
            _lastFaultPrinted = NowMs;
            _output.WriteLine("fault " + Faults.ToString() + " in " + handler.Name + ": " + e.GetType().FullName + ": " + e.Message);
        }
    }
}
