namespace Monitoring.Testing;

/// <summary>A folder of its own for one test, gone when the test ends.</summary>
public sealed class Scratch : IDisposable
{
    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("monitoring-").FullName;

    /// <summary>A path inside it.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
