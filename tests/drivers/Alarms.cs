using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests;

/// <summary>A frame that arrives at a moment of the model's own time.</summary>
internal sealed class Arrival(byte[] frame) : ChipAlarm
{
    public override void Ring(ChipModel chip) => chip.Deliver(frame, 0, frame.Length);
}

/// <summary>Anything else that happens to the model at a moment of its own time.</summary>
internal sealed class Mishap(Action<W5500Model> what) : ChipAlarm
{
    public override void Ring(ChipModel chip) => what((W5500Model)chip);
}
