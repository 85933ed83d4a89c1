namespace Monitoring.Storage.Tests;

/// <summary>A directory of its own for a test, gone after it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string FolderPath { get; } = Directory.CreateTempSubdirectory("monitoring-storage-").FullName;

    public string File(string name) => Path.Combine(FolderPath, name);

    public void Dispose() => Directory.Delete(FolderPath, recursive: true);
}
