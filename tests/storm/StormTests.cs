using System.Threading;
using System.Threading.Tasks;
using System.Diagnostics;
using EmbeddedTcp.StormTests.Storm;

namespace EmbeddedTcp.StormTests;

/// <summary>
/// Two stacks over a bad wire in virtual time, many seeds. STORM_SEED=n plays one seed and prints its ladder in any case;
/// STORM_SEEDS=n plays so many.
/// </summary>
[TestClass]
public sealed class StormTests
{
    private const int Seeds = 4000;
    private const ulong First = 1;
    private const int ProgressReports = 10;

    public TestContext TestContext { get; set; }

    [TestMethod]
    public void Every_seed_delivers_every_octet_and_leaves_nothing_behind()
    {
        string one = Environment.GetEnvironmentVariable("STORM_SEED");
        if (one != null)
        {
            string failure = Play(ulong.Parse(one), true, out string story);
            TestContext.WriteLine(story);
            Assert.IsNull(failure, failure + "\n" + story);
            return;
        }

        string many = Environment.GetEnvironmentVariable("STORM_SEEDS");
        int count = many == null ? Seeds : int.Parse(many);
        Stopwatch watch = Stopwatch.StartNew();
        long frames = 0;
        long virtualMs = 0;
        int lateResets = 0;
        int retries = 0;
        int played = 0;
        List<ulong> failed = new List<ulong>();
        Parallel.For(0, count, (i, loop) =>
        {
            ulong seed = First + (ulong)i;
            StormRun run = null;
            try
            {
                run = new StormRun(new StormPlan(seed), false);
                run.Play();
                Interlocked.Add(ref frames, run.Frames);
                Interlocked.Add(ref virtualMs, run.VirtualMs);
                Interlocked.Add(ref lateResets, run.LateResets);
                Interlocked.Add(ref retries, run.Retries);
            }
            catch (Exception)
            {
                lock (failed)
                {
                    failed.Add(seed);
                    if (failed.Count >= 200)
                    {
                        loop.Stop();
                    }
                }
            }

            int done = Interlocked.Increment(ref played);
            if (done % Math.Max(1, count / ProgressReports) == 0)
            {
                TestContext.DisplayMessage(MessageLevel.Informational, $"{done} of {count} seeds, {failed.Count} failed, {watch.Elapsed.TotalSeconds:F0} s");
            }
        });

        TestContext.WriteLine(
            $"{count} seeds in {watch.Elapsed.TotalSeconds:F1} s: {frames} frames, {virtualMs / 3600000} hours of virtual time, "
            + $"{retries} attempts repeated, {lateResets} late resets");
        if (failed.Count > 0)
        {
            failed.Sort();
            string all = string.Join(", ", failed.Take(40));
            Play(failed[0], true, out string story);
            TestContext.WriteLine(story);
            Assert.Fail($"{failed.Count} of {count} seeds failed: {all}\n{Summary(failed)}");
        }
    }

    private static string Summary(List<ulong> failed)
    {
        string text = string.Empty;
        foreach (ulong seed in failed.Take(20))
        {
            text += $"{seed}: {Play(seed, false, out _)}\n";
        }

        return text;
    }

    // Returns the failure's message, or null.
    private static string Play(ulong seed, bool withLadder, out string story)
    {
        string replay = $"To play it again: STORM_SEED={seed} dotnet test tests/storm --filter {nameof(StormTests)}\n";
        StormRun run = null;
        string failure = null;
        try
        {
            run = new StormRun(new StormPlan(seed), withLadder);
            run.Play();
        }
        catch (StormFailure e)
        {
            failure = e.Message;
        }
        catch (Exception e)
        {
            failure = e.ToString();
        }

        story = (withLadder && run != null ? run.Story() : string.Empty) + failure + "\n" + replay;
        return failure;
    }
}
