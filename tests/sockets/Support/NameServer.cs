using System.Threading;
using EmbeddedTcp.Sockets;

namespace EmbeddedTcp.SocketTests.Support;

/// <summary>A name server on a thread of its own that knows board.test and nothing else (RFC 1035 §4.1).</summary>
public sealed class NameServer
{
    private readonly UdpClient _socket;
    private readonly Thread _thread;

    /// <summary>Serves at a host.</summary>
    public NameServer(SocketHost host)
    {
        _socket = new UdpClient(host, new IPEndPoint(IPAddress.Any, 53));
        _thread = new Thread(Run);
        _thread.Start();
    }

    /// <summary>Ends.</summary>
    public void Stop()
    {
        _socket.Close();
        _thread.Join();
    }

    private void Run()
    {
        byte[] b = new byte[512];
        IPEndPoint from = null;
        try
        {
            while (true)
            {
                int n = _socket.Receive(b, ref from);
                bool known = b[13] == (byte)'b';
                b[2] = 0x81;
                b[3] = (byte)(known ? 0x80 : 0x83);
                if (known)
                {
                    // One answer: a pointer to the question's name, A, IN, 60 s, four octets.
                    b[7] = 1;
                    byte[] answer = new byte[] { 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 2 };
                    System.Array.Copy(answer, 0, b, n, answer.Length);
                    n += answer.Length;
                }

                _socket.Send(b, n, from);
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }
}
