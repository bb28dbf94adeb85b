namespace EmbeddedTcp.App;

/// <summary>
/// A long answer that is printed step by step, as fast as the output takes it and a few lines in a turn of the loop, so that it
/// neither holds the loop up nor needs memory for what has not been printed.
/// </summary>
public abstract class Listing : Job
{
    /// <summary>Characters that one step prints at most.</summary>
    public const int StepSize = 640;

    private const int StepsInTurn = 8;
    private const int RetryMs = 5;

    private int _step;

    /// <summary>A listing that has printed nothing yet.</summary>
    /// <param name="output">Where it prints.</param>
    protected Listing(TextOutput output)
    {
        Output = output;
    }

    /// <summary>Where it prints.</summary>
    protected TextOutput Output { get; }

    /// <inheritdoc/>
    public sealed override int Run(long nowMs)
    {
        for (int i = 0; i < StepsInTurn && !Done; i++)
        {
            if (Output.Room < StepSize)
            {
                return RetryMs;
            }

            Done = !Print(_step++);
        }

        return 0;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        Done = true;
    }

    /// <summary>Prints a step: a line, a few lines, or nothing.</summary>
    /// <param name="step">0, 1, 2 …</param>
    /// <returns>False when that was the last.</returns>
    protected abstract bool Print(int step);
}
