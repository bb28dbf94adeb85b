namespace EmbeddedTcp.Services.Dhcp;

/// <summary>The states of RFC 2131 §4.4, figure 5, and two of ours.</summary>
public static class DhcpState
{
    /// <summary>Not started, or released.</summary>
    public const int Stopped = 0;

    /// <summary>About to ask, after a short random delay.</summary>
    public const int Init = 1;

    /// <summary>DHCPDISCOVER is out, waiting for an offer.</summary>
    public const int Selecting = 2;

    /// <summary>An offer was accepted, waiting for its acknowledgment.</summary>
    public const int Requesting = 3;

    /// <summary>A remembered address was asked for (INIT-REBOOT), waiting for its acknowledgment.</summary>
    public const int Rebooting = 4;

    /// <summary>The address is acknowledged; neighbours are being asked whether they have it.</summary>
    public const int Checking = 5;

    /// <summary>The address is in use.</summary>
    public const int Bound = 6;

    /// <summary>T1 has passed: the server is asked to extend the lease.</summary>
    public const int Renewing = 7;

    /// <summary>T2 has passed: any server is.</summary>
    public const int Rebinding = 8;

    /// <summary>The address is given back; its last datagram may still be on its way.</summary>
    public const int Releasing = 9;

    /// <summary>The state's name.</summary>
    public static string NameOf(int state)
    {
        switch (state)
        {
            case Init: return "INIT";
            case Selecting: return "SELECTING";
            case Requesting: return "REQUESTING";
            case Rebooting: return "REBOOTING";
            case Checking: return "CHECKING";
            case Bound: return "BOUND";
            case Renewing: return "RENEWING";
            case Rebinding: return "REBINDING";
            case Releasing: return "releasing";
            default: return "stopped";
        }
    }
}
