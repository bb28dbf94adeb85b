using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace EmbeddedTcp.Bench;

internal static class Program
{
    private static int Main(string[] args)
    {
        switch (args.Length == 0 ? string.Empty : args[0])
        {
            case "--quick":
                QuickBench.Run();
                return 0;
            case "--spi":
                SpiTable.Print();
                return 0;
            case "--burn":
                QuickBench.Burn(args.Length > 1 ? int.Parse(args[1]) : 10);
                return 0;
            case "--help":
                Console.WriteLine("dotnet run -c Release --project tests/bench -- [--quick | --spi | --burn SECONDS | BenchmarkDotNet's options, such as --filter '*Bulk*']");
                return 0;
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args.Length == 0 ? new[] { "--filter", "*" } : args, Configuration());
                return 0;
        }
    }

    // In this process: the projects that BenchmarkDotNet would generate do not find the artifact folders of this repository.
    private static IConfig Configuration()
    {
        return ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"))
            .HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.LaunchCount, Column.WarmupCount);
    }
}
