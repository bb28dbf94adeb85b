using System;
using System.Threading;
using EmbeddedTcp.App;
using EmbeddedTcp.Sockets;

namespace EmbeddedTcp.Samples;

/// <summary>Echo with one thread for all clients, which asks each socket and waits for none. <see cref="EchoSample"/> has a thread for each.</summary>
public sealed class PollingEchoSample : BoardApp
{
    /// <summary>Clients at once; the next one waits in the listener's queue.</summary>
    public const int MostClients = 4;

    // How long nothing may be there to do before it looks again, in milliseconds.
    private const int LookEvery = 10;

    private readonly SampleSettings _settings;
    private readonly Socket[] _clients = new Socket[MostClients];
    private readonly byte[] _buffer = new byte[512];
    private TcpListener _listener;
    private bool _stopped;

    /// <summary>An echo on the port of the settings.</summary>
    public PollingEchoSample(SampleSettings settings)
        : base("echo-poll")
    {
        _settings = settings;
    }

    /// <inheritdoc/>
    public override void Start(Application application)
    {
        _listener = new TcpListener(IPAddress.Any, _settings.Port == 0 ? EchoSample.DefaultPort : _settings.Port);
        _listener.Start();
        new Thread(Run).Start();
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        _stopped = true;
        _listener.Stop();
        for (int i = 0; i < MostClients; i++)
        {
            // Read once: the thread may give the place up meanwhile.
            Socket client = _clients[i];
            if (client != null)
            {
                client.Close();
            }
        }
    }

    private void Run()
    {
        while (!_stopped)
        {
            bool moved = false;
            for (int i = 0; i < MostClients; i++)
            {
                try
                {
                    moved |= _clients[i] == null ? Accept(i) : Serve(i);
                }
                catch (SocketException)
                {
                    // Its connection was lost.
                    Close(i);
                }
                catch (ObjectDisposedException)
                {
                    // Closed by Stop between two verbs: a closed socket, or a listener that listens no more. The loop sees it.
                    Close(i);
                }
                catch (InvalidOperationException)
                {
                    // Closed by Stop between two verbs: a closed socket, or a listener that listens no more. The loop sees it.
                    Close(i);
                }
            }

            if (!moved)
            {
                Thread.Sleep(LookEvery);
            }
        }

        // One may have been accepted while Stop looked.
        for (int i = 0; i < MostClients; i++)
        {
            Close(i);
        }
    }

    private bool Accept(int place)
    {
        if (!_listener.Pending())
        {
            return false;
        }

        _clients[place] = _listener.AcceptSocket();
        return true;
    }

    private bool Serve(int place)
    {
        Socket client = _clients[place];
        if (!client.Poll(0, SelectMode.SelectRead) || !client.Poll(0, SelectMode.SelectWrite))
        {
            return false;
        }

        // Readable with nothing to read is the end of the stream.
        int count = client.Receive(_buffer, 0, _buffer.Length, SocketFlags.None);
        if (count == 0)
        {
            Close(place);
            return true;
        }

        // A client that does not read holds the others up until there is room for what it sent: it is given a second, then it is lost.
        client.SendTimeout = 1000;
        client.Send(_buffer, 0, count, SocketFlags.None);
        return true;
    }

    private void Close(int place)
    {
        Socket client = _clients[place];
        _clients[place] = null;
        if (client != null)
        {
            client.Close();
        }
    }
}
