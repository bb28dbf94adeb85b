using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.MessagingTests.Support;

/// <summary>One end of a cable that can be pulled: then there is no link on either end, and nothing arrives.</summary>
public class CableDevice : MemoryDevice
{
    /// <summary>False once the cable is pulled.</summary>
    public bool Plugged = true;

    /// <summary>True loses everything although there is a link, as behind a switch.</summary>
    public bool Dead;

    /// <summary>Makes an end.</summary>
    public CableDevice()
        : base(64)
    {
    }

    /// <inheritdoc />
    public override bool LinkUp
    {
        get { return Plugged; }
    }

    /// <inheritdoc />
    protected override void Transmitted(byte[] frame, int length)
    {
        if (Plugged && !Dead)
        {
            base.Transmitted(frame, length);
        }
    }
}
