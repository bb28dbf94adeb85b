namespace EmbeddedTcp.Services.Mdns;

/// <summary>What the responder is about.</summary>
public static class MdnsState
{
    /// <summary>Not started.</summary>
    public const int Stopped = 0;

    /// <summary>Asking whether another host has the name.</summary>
    public const int Probing = 1;

    /// <summary>The name is ours and is being announced; questions are answered.</summary>
    public const int Announcing = 2;

    /// <summary>Questions are answered.</summary>
    public const int Running = 3;
}
