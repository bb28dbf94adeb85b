using System.Reflection;
using System.Xml.Linq;

namespace EmbeddedTcp.RulesTests.House;

/// <summary>The working tree this test was built from.</summary>
internal static class Repository
{
    /// <summary>The folder of EmbeddedTcp.sln, as the build recorded it.</summary>
    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "RepositoryRoot").Value!);

    /// <summary>A data file of this test.</summary>
    public static string[] RulesFile(string name) => File.ReadAllLines(Path.Combine(Root, "tests", "rules", name));

    /// <summary>Files below a folder of the repository, as paths relative to its root with '/'; none if there is no such folder.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        string full = Path.Combine(Root, folder);
        return Directory.Exists(full)
            ? Directory.EnumerateFiles(full, pattern, SearchOption.AllDirectories)
                .Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(static path => !path.Split('/').Any(static part => part is "artifacts" or "bin" or "obj"))
                .Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>The lines of a file given by its path from the root.</summary>
    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    /// <summary>The text of a file given by its path from the root.</summary>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The projects of EmbeddedTcp.sln, as paths from the root.</summary>
    public static IEnumerable<string> SolutionProjects() =>
        Lines("EmbeddedTcp.sln")
            .Where(static line => line.StartsWith("Project(", StringComparison.Ordinal) && line.Contains(".csproj\"", StringComparison.Ordinal))
            .Select(static line => line.Split('"')[5].Replace('\\', '/'));

    /// <summary>What a project file includes under an item name, for instance every PackageReference.</summary>
    public static IEnumerable<string> Items(string project, string item) =>
        XDocument.Load(Path.Combine(Root, project)).Descendants(item)
            .Select(static element => (string?)element.Attribute("Include"))
            .OfType<string>();

    /// <summary>The projects that a project references and those that they reference, itself included, as paths from the root.</summary>
    public static IReadOnlyList<string> ProjectAndReferences(string project)
    {
        List<string> found = [project];
        for (int i = 0; i < found.Count; i++)
        {
            string folder = Path.GetDirectoryName(found[i])!;
            foreach (string reference in Items(found[i], "ProjectReference"))
            {
                string full = Path.GetFullPath(Path.Combine(Root, folder, reference.Replace('\\', '/')));
                string relative = Path.GetRelativePath(Root, full).Replace('\\', '/');
                if (!found.Contains(relative))
                {
                    found.Add(relative);
                }
            }
        }

        return found;
    }
}
