namespace EmbeddedTcp.Services.Conflicts;

/// <summary>What the <see cref="AddressGuard"/> knows of its address.</summary>
public static class GuardState
{
    /// <summary>There is no address to guard.</summary>
    public const int Idle = 0;

    /// <summary>Neighbours are being asked whether they have the address; it is not used yet.</summary>
    public const int Probing = 1;

    /// <summary>Nobody answered: the address may be used.</summary>
    public const int Free = 2;

    /// <summary>Another host has the address, or probes for it too: it must not be used.</summary>
    public const int Taken = 3;

    /// <summary>The address is ours and defended.</summary>
    public const int Ours = 4;

    /// <summary>Another host insisted on our address: it was given up, and the interface has none now.</summary>
    public const int Lost = 5;

    /// <summary>The state in a word.</summary>
    public static string NameOf(int state)
    {
        switch (state)
        {
            case Probing: return "probing";
            case Free: return "free";
            case Taken: return "taken by another host";
            case Ours: return "ours";
            case Lost: return "lost to another host";
            default: return "idle";
        }
    }
}
