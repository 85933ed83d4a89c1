namespace Monitoring.Architecture.Tests;

/// <summary>The files of the repository as they lie on disk, without what builds leave behind.</summary>
internal static class Repository
{
    private static readonly string[] Left = ["bin", "obj", "artifacts", ".git", ".vs", ".idea", "TestResults", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths below a folder of the repository, relative to its root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern = "*")
    {
        var start = Path.Combine(Root, folder);
        return Directory.Exists(start) ? Walk(start, pattern).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal) : [];
    }

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The projects of src and tests.</summary>
    public static IReadOnlyList<ProjectFile> Projects() => [.. Files("src", "*.csproj").Concat(Files("tests", "*.csproj")).Select(p => ProjectFile.Parse(p, Text(p)))];

    private static IEnumerable<string> Walk(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder).Where(d => !Left.Contains(Path.GetFileName(d))).SelectMany(d => Walk(d, pattern)));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("No folder above the test assembly holds Monitoring.sln.");
    }
}
