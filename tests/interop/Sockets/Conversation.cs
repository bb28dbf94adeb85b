using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using EmbeddedTcp.Sockets;

namespace EmbeddedTcp.InteropTests.Sockets.Ours;

/// <summary>
/// A program for System.Net.Sockets. It is compiled twice: as it stands, and with System.Net in place of ours in its using. What it
/// writes down must be the same.
/// </summary>
internal sealed class Conversation
{
    private readonly List<string> _said = [];
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly UdpClient _datagrams;

    /// <summary>Opens the serving side.</summary>
    public Conversation()
    {
        _listener.Start(4);
        _datagrams = new UdpClient(0);
    }

    /// <summary>Plays the client's side against the serving one.</summary>
    public string[] Run(byte[] address)
    {
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var server = new IPAddress(address);
        Say("pending " + _listener.Pending());
        var serving = new Thread(() => Serve(4));
        serving.Start();
        Echo(server, port);
        Timeout(server, port);
        HalfClose(server, port);
        Reset(server, port);
        serving.Join();
        Datagrams(server);
        _listener.Stop();
        Refused(server, port);
        Options();
        return [.. _said];
    }

    private void Serve(int peers)
    {
        for (int i = 0; i < peers; i++)
        {
            TcpClient peer = _listener.AcceptTcpClient();
            var thread = new Thread(() => Answer(peer));
            thread.Start();
        }
    }

    private static void Answer(TcpClient peer)
    {
        using (peer)
        {
            try
            {
                AnswerAll(peer);
            }
            catch (IOException)
            {
                // The peer went away with bytes of ours unread.
            }
        }
    }

    private static void AnswerAll(TcpClient peer)
    {
        NetworkStream stream = peer.GetStream();
        byte[] block = new byte[300];
        int n;
        while ((n = stream.Read(block, 0, block.Length)) > 0)
        {
            if (block[0] == (byte)'R')
            {
                // The socket and not the client, which on .NET ends the stream first and resets then.
                peer.LingerState = new LingerOption(true, 0);
                peer.Client.Close();
                return;
            }

            stream.Write(block, 0, n);
        }

        stream.Write([(byte)'.'], 0, 1);
    }

    private void Echo(IPAddress server, int port)
    {
        using var client = new TcpClient();
        client.Connect(server, port);
        client.NoDelay = true;
        Say("connected " + client.Connected + ", no delay " + client.NoDelay);
        Say("peer's port is right " + (((IPEndPoint)client.Client.RemoteEndPoint!).Port == port));
        NetworkStream stream = client.GetStream();
        Say("stream " + stream.CanRead + stream.CanWrite + stream.CanSeek + stream.CanTimeout + " " + stream.ReadTimeout);
        byte[] data = new byte[20000];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 31 % 251);
        }

        var writer = new Thread(() => stream.Write(data, 0, data.Length));
        writer.Start();
        byte[] back = new byte[data.Length];
        for (int n = 0; n < back.Length;)
        {
            n += stream.Read(back, n, back.Length - n);
        }

        writer.Join();
        Say("the same came back " + data.AsSpan().SequenceEqual(back) + ", available " + client.Available + " " + stream.DataAvailable);
    }

    private void Timeout(IPAddress server, int port)
    {
        using var client = new TcpClient();
        client.Connect(server, port);
        NetworkStream stream = client.GetStream();
        stream.ReadTimeout = 50;
        Say("receive timeout " + client.ReceiveTimeout);
        try
        {
            Say("read " + stream.Read(new byte[1], 0, 1));
        }
        catch (IOException e)
        {
            Say("read fails: " + ((SocketException)e.InnerException!).SocketErrorCode);
        }

        Say("poll " + client.Client.Poll(1000, SelectMode.SelectRead) + client.Client.Poll(0, SelectMode.SelectWrite));
        stream.Write([1, 2, 3], 0, 3);
        Say("poll " + client.Client.Poll(5_000_000, SelectMode.SelectRead));
        Say("and lives on: " + stream.ReadByte());
    }

    private void HalfClose(IPAddress server, int port)
    {
        using var client = new TcpClient();
        client.Connect(server, port);
        client.Client.Send([(byte)'x']);
        client.Client.Shutdown(SocketShutdown.Send);
        byte[] block = new byte[8];
        string text = "";
        int n;
        while ((n = client.Client.Receive(block)) > 0)
        {
            for (int i = 0; i < n; i++)
            {
                text += (char)block[i];
            }
        }

        Say("half-closed: " + text + ", again " + client.Client.Receive(block));
        client.Close();
        try
        {
            client.GetStream();
        }
        catch (ObjectDisposedException)
        {
            Say("disposed");
        }
    }

    private void Reset(IPAddress server, int port)
    {
        using var client = new TcpClient();
        client.Connect(server, port);
        client.Client.Send([(byte)'R']);
        try
        {
            Say("received " + client.Client.Receive(new byte[8]));
        }
        catch (SocketException e)
        {
            Say("receive fails: " + e.SocketErrorCode);
        }
    }

    private void Refused(IPAddress server, int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(server, port);
            Say("connected to nobody");
        }
        catch (SocketException e)
        {
            Say("connect fails: " + e.SocketErrorCode);
        }
    }

    private void Datagrams(IPAddress server)
    {
        int port = ((IPEndPoint)_datagrams.Client.LocalEndPoint!).Port;
        using var client = new UdpClient();
        client.Client.ReceiveTimeout = 5000;
        _datagrams.Client.ReceiveTimeout = 5000;
        Say("sent " + client.Send([1, 2, 3], 3, new IPEndPoint(server, port)));
        IPEndPoint? from = null;
        byte[] got = _datagrams.Receive(ref from);
        Say("got " + got.Length + " " + got[2]);
        _datagrams.Send(got, 2, from);
        got = client.Receive(ref from);
        Say("got " + got.Length + " from the server " + (from.Port == port && from.Address.Equals(server)));
        client.Connect(server, port);
        client.Send([9], 1);
        Say("connected: " + _datagrams.Receive(ref from)[0]);
        client.Client.ReceiveTimeout = 50;
        try
        {
            client.Receive(ref from);
        }
        catch (SocketException e)
        {
            Say("receive fails: " + e.SocketErrorCode);
        }

        _datagrams.Close();
    }

    private void Options()
    {
        using var client = new TcpClient { SendTimeout = 70, LingerState = new LingerOption(true, 3) };
        Say("options " + client.SendTimeout + " " + client.LingerState!.Enabled + client.LingerState.LingerTime + " " + client.ReceiveTimeout);
        try
        {
            client.GetStream();
        }
        catch (InvalidOperationException)
        {
            Say("no stream yet");
        }

        Say(IPAddress.Parse("10.1.2.3") + " " + new IPEndPoint(IPAddress.Broadcast, 7) + " " + IPAddress.Loopback.GetAddressBytes()[0]);
    }

    private void Say(string line)
    {
        _said.Add(line);
    }
}
