using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Sockets;

/// <content>Options. Those of a connection may be set before it is there.</content>
public sealed partial class Socket
{
    /// <summary>True switches the Nagle algorithm off.</summary>
    public bool NoDelay
    {
        get { return (int)GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.NoDelay) != 0; }
        set { SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.NoDelay, value); }
    }

    /// <summary>What <see cref="Close()"/> does with data that the peer has not acknowledged. It never waits.</summary>
    public LingerOption LingerState
    {
        get
        {
            int seconds = (int)GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Linger);
            return seconds < 0 ? new LingerOption(false, 0) : new LingerOption(true, seconds);
        }

        set
        {
            SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Linger, value.Enabled ? value.LingerTime : -1);
        }
    }

    /// <summary>Time to live of what is sent to one host, 1 to 255.</summary>
    public short Ttl
    {
        get { return (short)(int)GetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive); }
        set { SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, value); }
    }

    /// <summary>Sets an option that is on or off.</summary>
    public void SetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName, bool optionValue)
    {
        SetSocketOption(optionLevel, optionName, optionValue ? 1 : 0);
    }

    /// <summary>Sets an option.</summary>
    /// <exception cref="SocketException">The option is unknown, or not for this socket.</exception>
    /// <exception cref="ArgumentException">The value is out of range.</exception>
    public void SetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName, int optionValue)
    {
        lock (_host.Gate)
        {
            CheckOpen();
            if (optionLevel == SocketOptionLevel.Socket)
            {
                SetOwn(optionName, optionValue);
            }
            else if (optionLevel == SocketOptionLevel.Tcp && optionName == SocketOptionName.NoDelay)
            {
                Stream().NoDelay = optionValue != 0;
                _host.Hurry(false);
            }
            else if (optionLevel == SocketOptionLevel.IP
                && (optionName == SocketOptionName.IpTimeToLive || optionName == SocketOptionName.MulticastTimeToLive))
            {
                SetTimeToLive(optionName == SocketOptionName.MulticastTimeToLive, optionValue);
            }
            else
            {
                throw new SocketException(SocketError.ProtocolOption);
            }
        }
    }

    /// <summary>Joins or leaves a group.</summary>
    /// <param name="optionLevel">IP.</param>
    /// <param name="optionName">Add or drop membership.</param>
    /// <param name="optionValue">The group's four octets and, of no meaning here, four of an address of ours.</param>
    public void SetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName, byte[] optionValue)
    {
        CheckRange(optionValue, 0, 4);
        CheckType(SocketType.Dgram);
        uint group = (uint)BigEndian.ReadInt32(optionValue, 0);
        lock (_host.Gate)
        {
            CheckOpen();
            if (optionLevel == SocketOptionLevel.IP && optionName == SocketOptionName.AddMembership)
            {
                _datagrams.Join(group);
            }
            else if (optionLevel == SocketOptionLevel.IP && optionName == SocketOptionName.DropMembership)
            {
                _datagrams.Leave(group);
            }
            else
            {
                throw new SocketException(SocketError.ProtocolOption);
            }
        }
    }

    /// <summary>Tells an option.</summary>
    /// <returns>An int, 0 and 1 for off and on; −1 for a linger that is off.</returns>
    /// <exception cref="SocketException">The option is unknown, or not for this socket.</exception>
    public object GetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName)
    {
        lock (_host.Gate)
        {
            CheckOpen();
            if (optionLevel == SocketOptionLevel.Socket)
            {
                return GetOwn(optionName);
            }

            if (optionLevel == SocketOptionLevel.Tcp && optionName == SocketOptionName.NoDelay)
            {
                return Stream().NoDelay ? 1 : 0;
            }

            if (optionLevel == SocketOptionLevel.IP && optionName == SocketOptionName.IpTimeToLive)
            {
                return _datagrams != null ? _datagrams.TimeToLive : Stream().TimeToLive;
            }

            if (optionLevel == SocketOptionLevel.IP && optionName == SocketOptionName.MulticastTimeToLive && _datagrams != null)
            {
                return _datagrams.MulticastTimeToLive;
            }

            throw new SocketException(SocketError.ProtocolOption);
        }
    }

    private void SetOwn(SocketOptionName option, int value)
    {
        switch (option)
        {
            case SocketOptionName.ReceiveTimeout:
                ReceiveTimeout = value;
                break;
            case SocketOptionName.SendTimeout:
                SendTimeout = value;
                break;
            case SocketOptionName.KeepAlive:
                Stream().KeepAlive = value != 0;
                break;
            case SocketOptionName.Linger:
                if (value > 65535)
                {
                    throw new ArgumentOutOfRangeException("value");
                }

                Stream().LingerMs = value < 0 ? -1 : value * 1000;
                break;
            case SocketOptionName.ReuseAddress:
            case SocketOptionName.Broadcast:
                break;
            default:
                throw new SocketException(SocketError.ProtocolOption);
        }
    }

    private int GetOwn(SocketOptionName option)
    {
        switch (option)
        {
            case SocketOptionName.ReceiveTimeout: return ReceiveTimeout;
            case SocketOptionName.SendTimeout: return SendTimeout;
            case SocketOptionName.KeepAlive: return Stream().KeepAlive ? 1 : 0;
            case SocketOptionName.Linger: return Stream().LingerMs < 0 ? -1 : Stream().LingerMs / 1000;
            case SocketOptionName.Type: return (int)_type;
            case SocketOptionName.Error: return _stream == null ? 0 : (int)_stream.LastError;
            case SocketOptionName.ReuseAddress:
            case SocketOptionName.Broadcast: return 1;
            default: throw new SocketException(SocketError.ProtocolOption);
        }
    }

    private void SetTimeToLive(bool toGroups, int value)
    {
        if (value < 1 || value > 255)
        {
            throw new ArgumentOutOfRangeException("value");
        }

        if (_datagrams == null)
        {
            Stream().TimeToLive = value;
            return;
        }

        if (toGroups)
        {
            _datagrams.MulticastTimeToLive = value;
        }
        else
        {
            _datagrams.TimeToLive = value;
        }

        _datagrams.ApplyTimeToLive();
    }
}
