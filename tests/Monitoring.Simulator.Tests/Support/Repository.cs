namespace Monitoring.Simulator.Tests;

internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Fixture(string file) => Path.Combine(Root, "tests", "fixtures", "livepeer", file);

    public static byte[] ClipSegment(int number) => File.ReadAllBytes(Path.Combine(Root, "src", "Monitoring.Livepeer", "Clip", $"clip1-{number:00}.ts"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests must lie inside the repository: no folder above them holds Monitoring.sln.");
    }
}
