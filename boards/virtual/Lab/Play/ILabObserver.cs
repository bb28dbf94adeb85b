namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>Sees a scenario as it is played.</summary>
public interface ILabObserver
{
    /// <summary>Something has happened.</summary>
    void Happened(LabStage stage, LabEvent happening);

    /// <summary>Nothing happens until a later moment; whoever wants real time waits here.</summary>
    /// <param name="stage">The stage; its clock still shows the earlier moment.</param>
    /// <param name="milliseconds">How long.</param>
    void TimePasses(LabStage stage, long milliseconds);
}
