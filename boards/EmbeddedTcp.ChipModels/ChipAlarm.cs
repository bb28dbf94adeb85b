namespace EmbeddedTcp.ChipModels;

/// <summary>Something that happens to a model at a moment of its own time.</summary>
public abstract class ChipAlarm
{
    /// <summary>The moment has come.</summary>
    /// <param name="chip">The model whose time it is.</param>
    public abstract void Ring(ChipModel chip);
}
