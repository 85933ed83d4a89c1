namespace Monitoring.Standalone.Tests;

/// <summary>Where things lie in the source tree.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("Monitoring.sln lies in no folder above the tests.");
    }
}
