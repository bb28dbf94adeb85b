namespace EmbeddedTcp.ChipModels;

/// <summary>
/// The pins of a modelled Ethernet controller: SPI slave with explicit chip select, interrupt, reset, the cable, and time.
/// </summary>
/// <remarks>Split by role: this file holds the pins and the verdict on the master, then Spi, Time, Mishaps.</remarks>
public abstract partial class ChipModel
{
    /// <summary>What can be made to go wrong. Each chip has further faults of its own under the same name.</summary>
    public readonly ChipFaults Faults;

    /// <summary>Where transmitted frames go; null when no cable is attached.</summary>
    public CableEnd Cable;

    /// <summary>Protocol violations by the master are recorded. On unless switched off.</summary>
    public bool Strict = true;

    /// <summary>What the master did that the data sheet forbids, counted.</summary>
    public int Violations;

    /// <summary>The first violation as a sentence, or null.</summary>
    public string FirstViolation;

    private bool _interruptLine;
    private bool _edgeMissed;

    /// <summary>Creates the parts that all chips have in common.</summary>
    /// <param name="faults">The chip's faults.</param>
    protected ChipModel(ChipFaults faults)
    {
        Faults = faults;
    }

    /// <summary>What is printed on the chip.</summary>
    public abstract string Name { get; }

    /// <summary>True while the chip pulls its active-low INT line down.</summary>
    public bool InterruptAsserted
    {
        get
        {
            int stuck = Faults.StuckInterrupt;
            return stuck >= 0 ? stuck != 0 : _interruptLine && !_edgeMissed && !Gone;
        }
    }

    /// <summary>True while the PHY has a link.</summary>
    public abstract bool LinkUp { get; }

    /// <summary>Drives the active-low reset pin.</summary>
    /// <param name="asserted">True pulls it low.</param>
    public abstract void SetReset(bool asserted);

    /// <summary>The supply sags for a moment: the chip resets itself in the middle of whatever it was doing.</summary>
    public abstract void BrownOut();

    /// <summary>A frame arrives over the cable.</summary>
    /// <param name="frame">Holds the frame from <paramref name="offset"/>, without FCS. Copied before the call returns.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes.</param>
    /// <returns>True when the chip stored it; false when a filter or lack of room dropped it.</returns>
    public abstract bool Deliver(byte[] frame, int offset, int length);

    /// <summary>Plugs or pulls the cable, as the PHY sees it.</summary>
    /// <param name="plugged">True when a link partner is there.</param>
    public void SetCable(bool plugged)
    {
        if (plugged != Plugged)
        {
            Plugged = plugged;
            CableChanged();
        }
    }

    /// <summary>True while a link partner is there.</summary>
    public bool Plugged { get; private set; } = true;

    /// <summary><see cref="Plugged"/> has changed.</summary>
    protected abstract void CableChanged();

    /// <summary>The chip's own wish for its INT line, before any fault.</summary>
    protected bool InterruptLine
    {
        get
        {
            return _interruptLine;
        }

        set
        {
            if (value && !_interruptLine)
            {
                // An edge that the master's interrupt controller did not see: to it, the line is still released.
                _edgeMissed = Faults.MissesInterrupt();
            }

            _interruptLine = value;
        }
    }

    /// <summary>Records what the master must not do.</summary>
    /// <param name="what">The act, in a few words.</param>
    protected void Violate(string what)
    {
        if (!Strict)
        {
            return;
        }

        Violations++;
        if (FirstViolation == null)
        {
            FirstViolation = $"{what}, at {NowMicroseconds} us";
        }
    }
}
