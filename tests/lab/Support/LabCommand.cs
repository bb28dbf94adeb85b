namespace EmbeddedTcp.LabTests.Support;

/// <summary>The command as its user types it: a program with arguments, streams and an exit code.</summary>
internal static class LabCommand
{
    private static string DotNet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    internal static ToolResult Run(params string[] arguments)
        => Tool.Run(DotNet, [typeof(VirtualBoard.Board).Assembly.Location, "lab", .. arguments], seconds: 120);
}
