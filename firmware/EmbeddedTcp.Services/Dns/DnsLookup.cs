using EmbeddedTcp.Link;
using EmbeddedTcp.Udp;

namespace EmbeddedTcp.Services.Dns;

/// <summary>How far a lookup has come.</summary>
public static class DnsState
{
    /// <summary>Not in use.</summary>
    public const int Free = 0;

    /// <summary>A server is being asked.</summary>
    public const int Pending = 1;

    /// <summary>The addresses are there.</summary>
    public const int Done = 2;

    /// <summary>There will be no address; <see cref="DnsLookup.Error"/> says why.</summary>
    public const int Failed = 3;
}

/// <summary>Why a lookup failed.</summary>
public static class DnsError
{
    /// <summary>It has not.</summary>
    public const int None = 0;

    /// <summary>The name cannot be one: an empty or too long label, too long in all, or a character that is not printable ASCII.</summary>
    public const int BadName = 1;

    /// <summary>No server is known.</summary>
    public const int NoServer = 2;

    /// <summary>A server says that there is no such name (NXDOMAIN).</summary>
    public const int NoSuchName = 3;

    /// <summary>The name exists but has no IPv4 address, or its aliases lead nowhere.</summary>
    public const int NoAddress = 4;

    /// <summary>Every server answered that it could or would not.</summary>
    public const int Refused = 5;

    /// <summary>No server answered in time.</summary>
    public const int TimedOut = 6;

    /// <summary>The error in a few words.</summary>
    public static string NameOf(int error)
    {
        switch (error)
        {
            case None: return "none";
            case BadName: return "not a name";
            case NoServer: return "no name server is known";
            case NoSuchName: return "no such name";
            case NoAddress: return "the name has no address";
            case Refused: return "the name servers refused";
            default: return "no name server answered";
        }
    }
}

/// <summary>One question to the <see cref="DnsClient"/>, from its start to <see cref="Close"/>.</summary>
public sealed class DnsLookup
{
    /// <summary>Addresses that are kept of an answer.</summary>
    public const int MaximumAddresses = 4;

    internal readonly byte[] Name = new byte[DnsName.MaximumLength];
    internal readonly byte[] Asked = new byte[DnsName.MaximumLength];
    internal readonly uint[] Addresses = new uint[MaximumAddresses];
    internal UdpSocket Socket;
    internal uint Server;
    internal int Id;
    internal int Attempts;
    internal int Aliases;
    internal int Refusals;
    internal bool OverTcp;
    internal long DueAt;
    internal long Ttl;

    private int _state;

    internal DnsLookup()
    {
    }

    /// <summary>Whatever the application wants to find again. Null in a fresh lookup.</summary>
    public object Tag { get; set; }

    /// <summary>The service that is told when the lookup is done or has failed, or null. Null in a fresh lookup.</summary>
    public NetworkService Service { get; set; }

    /// <summary>One of <see cref="DnsState"/>.</summary>
    public int State
    {
        get
        {
            return _state;
        }

        internal set
        {
            _state = value;
            if (Service != null)
            {
                Service.Wake();
            }
        }
    }

    /// <summary>One of <see cref="DnsError"/>.</summary>
    public int Error { get; internal set; }

    /// <summary>Addresses found, 0 to <see cref="MaximumAddresses"/>.</summary>
    public int AddressCount { get; internal set; }

    /// <summary>True when nobody had to be asked.</summary>
    public bool FromCache { get; internal set; }

    /// <summary>Seconds the answer is good for.</summary>
    public long TtlSeconds
    {
        get { return Ttl; }
    }

    /// <summary>An address.</summary>
    /// <param name="index">0 to <see cref="AddressCount"/> − 1.</param>
    public uint AddressAt(int index)
    {
        return Addresses[index];
    }

    /// <summary>Gives the lookup back; one that is pending is given up. May be called more than once.</summary>
    public void Close()
    {
        CloseSocket();
        Service = null;
        State = DnsState.Free;
        Tag = null;
    }

    internal void CloseSocket()
    {
        if (Socket != null)
        {
            Socket.Close();
            Socket = null;
        }
    }

    internal void Fail(int error)
    {
        CloseSocket();
        AddressCount = 0;
        Error = error;
        State = DnsState.Failed;
    }

    internal void AddAddress(uint address)
    {
        if (AddressCount < MaximumAddresses)
        {
            Addresses[AddressCount] = address;
            AddressCount++;
        }
    }
}
