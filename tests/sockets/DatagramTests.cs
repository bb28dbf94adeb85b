using System.Threading;
using EmbeddedTcp.SocketTests.Support;
using EmbeddedTcp.Sockets;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.SocketTests;

/// <summary>UdpClient and Dns between two stacks, and addresses as text.</summary>
[TestClass]
public class DatagramTests
{
    /// <summary>There and back, to one host, to all, and to a group.</summary>
    [TestMethod]
    public void There_and_back()
    {
        using (Pair pair = new Pair())
        {
            UdpClient server = new UdpClient(pair.B, Pair.Any(5000));
            UdpClient client = new UdpClient(pair.A, Pair.Any(0));
            client.Client.ReceiveTimeout = 5000;
            server.Client.ReceiveTimeout = 5000;
            byte[] data = new byte[] { 1, 2, 3 };
            Assert.AreEqual(3, client.Send(data, Pair.AtB(5000)));
            IPEndPoint from = null;
            byte[] got = server.Receive(ref from);
            Assert.AreEqual(3, got.Length);
            Assert.AreEqual(3, (int)got[2]);
            Assert.AreEqual("10.0.0.1", from.Address.ToString());
            server.Send(got, 2, from);
            byte[] buffer = new byte[8];
            Assert.AreEqual(2, client.Receive(buffer, ref from));
            Assert.AreEqual("10.0.0.2:5000", from.ToString());

            client.Send(data, 1, new IPEndPoint(IPAddress.Broadcast, 5000));
            Assert.AreEqual(1, server.Receive(buffer, ref from));
            server.JoinMulticastGroup(IPAddress.Parse("239.1.2.3"));
            client.Send(data, 2, new IPEndPoint(IPAddress.Parse("239.1.2.3"), 5000));
            Assert.AreEqual(2, server.Receive(buffer, ref from));
            server.Close();
            client.Close();
            Assert.IsFalse(pair.Stacks.B.Udp.IsMember(0xEF010203), "still a member");
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>Too long, nothing there, nobody there, no socket left.</summary>
    [TestMethod]
    public void Errors()
    {
        using (Pair pair = new Pair())
        {
            UdpClient client = new UdpClient(pair.A, Pair.Any(0));
            client.Connect(Pair.AtB(5001));
            Assert.AreEqual((int)SocketError.MessageSize, SendError(client, 1473));
            client.Client.ReceiveTimeout = 40;
            Assert.AreEqual((int)SocketError.TimedOut, ReceiveError(client));
            client.Client.ReceiveTimeout = 5000;
            Assert.AreEqual(0, SendError(client, 1472));
            Assert.AreEqual((int)SocketError.ConnectionReset, ReceiveError(client));
            Assert.AreEqual((int)SocketError.AddressAlreadyInUse, BindError(pair, ((IPEndPoint)client.Client.LocalEndPoint).Port));
            UdpClient second = new UdpClient(pair.A, Pair.Any(0));
            UdpClient third = new UdpClient(pair.A, Pair.Any(0));
            Assert.AreEqual((int)SocketError.TooManyOpenSockets, BindError(pair, 0));
            third.Close();
            Assert.AreEqual(0, BindError(pair, 0));
            second.Close();
            client.Close();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>A name is looked up, and one that nobody knows is not found.</summary>
    [TestMethod]
    public void Names()
    {
        using (Pair pair = new Pair())
        {
            NameServer server = new NameServer(pair.B);
            IPHostEntry entry = pair.A.GetHostEntry("board.test");
            Assert.AreEqual("board.test", entry.HostName);
            Assert.AreEqual("10.0.0.2", entry.AddressList[0].ToString());
            Assert.AreEqual("10.0.0.9", pair.A.GetHostEntry("10.0.0.9").AddressList[0].ToString());
            int error = 0;
            try
            {
                pair.A.GetHostEntry("nobody.test");
            }
            catch (SocketException e)
            {
                error = e.ErrorCode;
            }

            Assert.AreEqual((int)SocketError.HostNotFound, error);
            server.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>Addresses and end points as values and as text.</summary>
    [TestMethod]
    public void Addresses()
    {
        IPAddress a = IPAddress.Parse("192.168.1.20");
        byte[] bytes = a.GetAddressBytes();
        Assert.AreEqual(192, (int)bytes[0]);
        Assert.AreEqual(20, (int)bytes[3]);
        Assert.IsTrue(a.Equals(new IPAddress(bytes)), "bytes");
        Assert.IsTrue(a == new IPAddress(0x1401A8C0L), "number");
        Assert.IsTrue(a != IPAddress.Any, "any");
        Assert.AreEqual("127.0.0.1", IPAddress.Loopback.ToString());
        Assert.IsTrue(new IPEndPoint(a, 80).Equals(new IPEndPoint(a, 80)), "end point");
        Assert.IsFalse(new IPEndPoint(a, 80).Equals(new IPEndPoint(a, 81)), "other port");
        IPAddress none;
        Assert.IsFalse(IPAddress.TryParse("1.2.3", out none), "three numbers");
    }

    private static int SendError(UdpClient client, int length)
    {
        try
        {
            client.Send(new byte[length]);
            return 0;
        }
        catch (SocketException e)
        {
            return e.ErrorCode;
        }
    }

    private static int ReceiveError(UdpClient client)
    {
        try
        {
            IPEndPoint from = null;
            client.Receive(ref from);
            return 0;
        }
        catch (SocketException e)
        {
            return e.ErrorCode;
        }
    }

    private static int BindError(Pair pair, int port)
    {
        try
        {
            new UdpClient(pair.A, Pair.Any(port)).Close();
            return 0;
        }
        catch (SocketException e)
        {
            return e.ErrorCode;
        }
    }
}
