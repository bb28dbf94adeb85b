using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace EmbeddedTcp.DriverTests.AtLarge;

/// <summary>
/// Each chip through two hundred seeds of mixed faults while TCP runs through it: every octet arrives, or the chip is said to be dead;
/// no poll hangs, and what was recovered from was counted. CHIP_SEED=w5500:17 plays one seed and tells its story.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class FaultsAtLargeTests
{
    private const int Seeds = 200;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("w5500")]
    [DataRow("enc28j60")]
    public void Two_hundred_seeds_of_faults_lose_no_octet_and_hang_nothing(string chip)
    {
        string? one = Environment.GetEnvironmentVariable("CHIP_SEED");
        if (one != null)
        {
            if (one.StartsWith(chip + ":", StringComparison.Ordinal))
            {
                string? failure = Play(chip, int.Parse(one.Split(':')[1]), out string story, out _);
                TestContext.WriteLine(story);
                Assert.IsNull(failure, failure + "\n" + story);
            }

            return;
        }

        long virtualMs = 0;
        var watch = Stopwatch.StartNew();
        var failed = new SortedDictionary<int, string>();
        Parallel.For(1, Seeds + 1, seed =>
        {
            string? failure = Play(chip, seed, out _, out long ms);
            Interlocked.Add(ref virtualMs, ms);
            if (failure != null)
            {
                lock (failed)
                {
                    failed.Add(seed, failure);
                }
            }
        });

        TestContext.WriteLine($"{Seeds} seeds in {watch.Elapsed.TotalSeconds:F1} s, {virtualMs / 1000} s of virtual time");
        if (failed.Count > 0)
        {
            Play(chip, failed.First().Key, out string story, out _);
            Assert.Fail($"{failed.Count} of {Seeds} seeds failed:\n"
                + string.Join("\n", failed.Take(20).Select(f => $"{f.Key}: {f.Value}")) + $"\n\nThe first of them: {story}");
        }
    }

    private static string? Play(string chip, int seed, out string story, out long virtualMs)
    {
        string replay = $"\nTo play it again: CHIP_SEED={chip}:{seed} dotnet test tests/drivers --filter {nameof(FaultsAtLargeTests)}";
        FaultRun? run = null;
        string? failure = null;
        try
        {
            run = new FaultRun(chip, seed);
            run.Play();
        }
        catch (InvalidOperationException e)
        {
            failure = e.Message;
        }
        catch (Exception e)
        {
            failure = e.ToString();
        }

        virtualMs = run?.VirtualMs ?? 0;
        story = (run?.Story ?? "it did not start") + replay;
        return failure;
    }
}
