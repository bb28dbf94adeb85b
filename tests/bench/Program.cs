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
            case "--plot":
                return Plot(args);
            case "--help":
                Console.WriteLine("dotnet run -c Release --project tests/bench -- [--quick | --spi | --burn SECONDS | --plot FILE [LOSS] | BenchmarkDotNet's options, such as --filter '*Bulk*']");
                return 0;
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args.Length == 0 ? new[] { "--filter", "*" } : args, Configuration());
                return 0;
        }
    }

    private static int Plot(string[] args)
    {
        double loss = 0.01;
        if (args.Length is < 2 or > 3 || (args.Length == 3
            && !(double.TryParse(args[2], System.Globalization.CultureInfo.InvariantCulture, out loss) && loss is >= 0 and <= 0.5)))
        {
            Console.Error.WriteLine("error: --plot FILE [LOSS], where LOSS is a probability from 0 to 0.5");
            return 2;
        }

        PlotBench.Draw(args[1], loss);
        return 0;
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
