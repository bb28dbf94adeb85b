using System;
using System.IO;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>A folder for one test's files, removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("embeddedtcp-");

    /// <summary>The full path of a file in the folder.</summary>
    public string File(string name)
    {
        return Path.Combine(_folder.FullName, name);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
    }
}
