namespace EmbeddedTcp.ChipModels.Enc28j60;

/// <summary>
/// What can be made to go wrong with a modelled ENC28J60, besides its errata. All off by default; the same seed gives the same
/// mishaps. <see cref="ChipFaults.FlipRegister"/> counts the bank in bits 6:5, the address in bits 4:0, with bank 0 for the common registers.
/// </summary>
public sealed class Enc28j60Faults : ChipFaults
{
    /// <summary>One next-packet pointer in so many is wrong; 0 for never, 1 for all.</summary>
    public int CorruptNextEvery;

    /// <summary>One byte count in so many in a receive status vector is wrong; 0 for never, 1 for all.</summary>
    public int CorruptCountEvery;

    /// <summary>One received frame in so many is the last that the chip hears until its receive logic is reset; 0 for never.</summary>
    public int DeafEvery;

    /// <summary>A receive overflow makes the chip deaf until its receive logic is reset, as users report.</summary>
    public bool OverflowDeafens;

    /// <summary>One transmission in so many never ends, until TXRTS is cleared or the transmit logic reset; 0 for never.</summary>
    public int StickEvery;

    /// <summary>One attempt in so many to send in half duplex meets a collision inside the window; 0 for never, 1 for excessive collisions.</summary>
    public int CollisionEvery;

    /// <summary>One attempt in so many to send in half duplex meets a late collision; 0 for never.</summary>
    public int LateCollisionEvery;

    /// <summary>One attempt in so many to send in half duplex finds the medium busy and waits; 0 for never.</summary>
    public int DeferEvery;

    /// <summary>One received frame in so many has a wrong FCS; 0 for never.</summary>
    public int BadFcsEvery;

    /// <inheritdoc/>
    public override string Names => base.Names + " bad-next bad-count deaf deaf-overflow stuck-tx collisions late-collisions defers bad-fcs";

    /// <inheritdoc/>
    public override bool Set(string name, int value)
    {
        switch (name)
        {
            case "bad-next":
                CorruptNextEvery = value;
                return true;
            case "bad-count":
                CorruptCountEvery = value;
                return true;
            case "deaf":
                DeafEvery = value;
                return true;
            case "deaf-overflow":
                OverflowDeafens = value != 0;
                return true;
            case "stuck-tx":
                StickEvery = value;
                return true;
            case "collisions":
                CollisionEvery = value;
                return true;
            case "late-collisions":
                LateCollisionEvery = value;
                return true;
            case "defers":
                DeferEvery = value;
                return true;
            case "bad-fcs":
                BadFcsEvery = value;
                return true;
            default:
                return base.Set(name, value);
        }
    }
}
