using System;
using System.Threading;
using EmbeddedTcp.App;
using EmbeddedTcp.Sockets;

namespace EmbeddedTcp.Samples;

/// <summary>
/// Echo with a thread for each client, written as for System.Net.Sockets: what is between accept and close blocks, and nobody else minds.
/// <see cref="PollingEchoSample"/> does the same with one thread for all.
/// </summary>
public sealed class EchoSample : BoardApp
{
    /// <summary>The port unless the settings name another.</summary>
    public const int DefaultPort = 7007;

    /// <summary>Clients at once; the next one waits in the listener's queue.</summary>
    public const int MostClients = 3;

    // A client that says nothing for so long has lost interest, in milliseconds.
    private const int Patience = 60000;

    private readonly SampleSettings _settings;
    private readonly AutoResetEvent _left = new AutoResetEvent(false);
    private readonly TcpClient[] _clients = new TcpClient[MostClients];
    private TcpListener _listener;
    private TextOutput _output;
    private bool _stopped;

    /// <summary>An echo on the port of the settings.</summary>
    public EchoSample(SampleSettings settings)
        : base("echo")
    {
        _settings = settings;
    }

    /// <inheritdoc/>
    public override void Start(Application application)
    {
        _output = application.Output;
        _listener = new TcpListener(IPAddress.Any, _settings.Port == 0 ? DefaultPort : _settings.Port);
        _listener.Start();
        new Thread(AcceptClients).Start();
    }

    /// <summary>Closing a socket ends the wait of the thread that is blocked on it.</summary>
    public override void Stop()
    {
        _stopped = true;
        _listener.Stop();
        for (int i = 0; i < MostClients; i++)
        {
            TcpClient client = _clients[i];
            if (client != null)
            {
                client.Close();
            }
        }

        _left.Set();
    }

    private void AcceptClients()
    {
        try
        {
            while (!_stopped)
            {
                int place = FreePlace();
                if (place < 0)
                {
                    _left.WaitOne();
                    continue;
                }

                TcpClient client = _listener.AcceptTcpClient();
                _clients[place] = client;
                if (_stopped)
                {
                    // Accepted while Stop looked.
                    client.Close();
                }

                new Thread(new Conversation(this, client, place).Run).Start();
            }
        }
        catch (SocketException)
        {
            // The listener was stopped while this thread waited.
        }
        catch (ObjectDisposedException)
        {
            // It was stopped before this thread waited.
        }
        catch (InvalidOperationException)
        {
            // It was stopped before this thread waited.
        }
    }

    private int FreePlace()
    {
        for (int i = 0; i < MostClients; i++)
        {
            if (_clients[i] == null)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>One client and its thread.</summary>
    private sealed class Conversation
    {
        private readonly EchoSample _sample;
        private readonly TcpClient _client;
        private readonly int _place;

        internal Conversation(EchoSample sample, TcpClient client, int place)
        {
            _sample = sample;
            _client = client;
            _place = place;
        }

        internal void Run()
        {
            TcpClient client = _client;
            string peer = "client";
            int bytes = 0;
            try
            {
                peer = client.Client.RemoteEndPoint.ToString();
                client.ReceiveTimeout = Patience;
                client.SendTimeout = Patience;
                NetworkStream stream = client.GetStream();
                byte[] buffer = new byte[512];
                int count;
                while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
                {
                    stream.Write(buffer, 0, count);
                    bytes += count;
                }

                _sample.Say(peer + " left after " + bytes.ToString() + " bytes");
            }
            catch (SocketException e)
            {
                _sample.Say(peer + " lost after " + bytes.ToString() + " bytes: error " + e.ErrorCode.ToString());
            }
            catch (ObjectDisposedException)
            {
                // Closed by Stop between two verbs.
            }
            catch (InvalidOperationException)
            {
                // Closed by Stop between two verbs.
            }
            finally
            {
                client.Close();
                _sample._clients[_place] = null;
                _sample._left.Set();
            }
        }
    }

    // The console belongs to the poll loop's thread: the line is written in a turn of our own, while that waits.
    private void Say(string text)
    {
        SocketHost.Default.BeginTurn();
        try
        {
            _output.WriteLine("echo      " + text);
        }
        finally
        {
            SocketHost.Default.EndTurn();
        }
    }
}
