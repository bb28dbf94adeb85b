using EmbeddedTcp.StormTests.Fuzz;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests;

/// <summary>
/// Garbage and mutated frames against one stack whose connections stand in many states. FUZZ_SEED=n plays one seed, FUZZ_SEEDS=n so many.
/// </summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Seeds = 150;
    private const int FramesPerSeed = 2000;

    public TestContext TestContext { get; set; }

    [TestMethod]
    public void No_frame_breaks_leaks_or_amplifies_and_each_is_accounted_for()
    {
        string one = Environment.GetEnvironmentVariable("FUZZ_SEED");
        string many = Environment.GetEnvironmentVariable("FUZZ_SEEDS");
        int first = one == null ? 1 : int.Parse(one);
        int count = one != null ? 1 : many == null ? Seeds : int.Parse(many);
        HashSet<TcpState> states = new HashSet<TcpState>();
        long frames = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            try
            {
                frames += new Victim((ulong)seed, states).Suffer(FramesPerSeed);
            }
            catch (Exception e)
            {
                Assert.Fail($"FUZZ_SEED={seed} dotnet test tests/storm --filter {nameof(FuzzTests)}\n{e}");
            }
        }

        TestContext.WriteLine($"{count} seeds, {frames} frames; states met: {string.Join(' ', states.Select(TcpStateName.Of))}");
        if (count >= Seeds)
        {
            foreach (TcpState state in Enum.GetValues<TcpState>().Where(s => s != TcpState.Listen))
            {
                Assert.Contains(state, states, "no frame ever met a connection in this state");
            }
        }
    }
}
