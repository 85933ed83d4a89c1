using System.Text.RegularExpressions;

namespace Monitoring.Standalone.Tests.Deployment;

/// <summary>The Dockerfiles, as far as they can be judged where nothing builds them.</summary>
public sealed partial class The_images_are_well_made
{
    public static TheoryData<string, string> Hosts => new() { { "Monitoring.Standalone", "monitor" }, { "Monitoring.Cluster", "Monitoring.Cluster" } };

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Nobody_is_root_and_the_image_asks_itself_whether_it_is_well(string project, string assembly)
    {
        var last = Stages(project)[^1];
        Assert.Equal("USER 1654", Assert.Single(last, l => l.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.EndsWith($"CMD [\"dotnet\", \"/app/{assembly}.dll\", \"healthcheck\"]", Assert.Single(last, l => l.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"/app/{assembly}.dll\"]", last);
        Assert.True(Array.FindIndex(last, l => l.StartsWith("USER ", StringComparison.Ordinal)) < Array.FindIndex(last, l => l.StartsWith("ENTRYPOINT ", StringComparison.Ordinal)));

        // Without a shell nothing can be run in the last stage, and no form may need one.
        Assert.DoesNotContain(last, l => l.StartsWith("RUN ", StringComparison.Ordinal));
        Assert.DoesNotContain(last, l => Regex.IsMatch(l, "^(ENTRYPOINT|CMD) [^\\[]"));
        Assert.Contains(last, l => l.StartsWith("COPY --from=build --chown=1654:1654 /data ", StringComparison.Ordinal));
        Assert.DoesNotMatch("(?i)(password|secret|token)", Text(project));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Bases_are_pinned_small_and_know_the_time_zones(string project, string assembly)
    {
        Assert.NotEmpty(assembly);
        var bases = Stages(project).Select(s => Regex.Match(s[0], @"^FROM (--platform=\$BUILDPLATFORM )?(?<image>\S+)").Groups["image"].Value).ToArray();
        Assert.Equal(["mcr.microsoft.com/dotnet/sdk:10.0-noble", "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra"], bases);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Packages_are_restored_from_the_projects_that_are_needed_and_from_no_other(string project, string assembly)
    {
        Assert.NotEmpty(assembly);
        var build = Stages(project)[0];
        var restored = build.TakeWhile(l => !l.StartsWith("RUN ", StringComparison.Ordinal)).SelectMany(l => Regex.Matches(l, @"src/([A-Za-z.]+)/\1\.csproj")).Select(m => m.Groups[1].Value);
        Assert.Equal(Closure(project).Order(StringComparer.Ordinal), restored);
        Assert.Contains(build, l => l.Contains($"dotnet restore src/{project}", StringComparison.Ordinal));
        Assert.Contains(build, l => l.Contains($"dotnet publish src/{project} --configuration Release --no-restore --output /app", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void What_is_copied_is_there_and_reaches_the_builder(string project, string assembly)
    {
        Assert.NotEmpty(assembly);
        foreach (var source in Stages(project)[0].Where(l => l.StartsWith("COPY ", StringComparison.Ordinal)).SelectMany(l => l.Split(' ')[1..^1]))
        {
            var path = Path.Combine(Repository.Root, source);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{source} is copied and is not there.");
            Assert.False(IsIgnored(source.TrimEnd('/')), $"{source} is copied and .dockerignore keeps it out.");
        }

        // What the projects take from outside of their own folders is copied too.
        foreach (var outside in Closure(project).SelectMany(p => Regex.Matches(File.ReadAllText(ProjectFile(p)), "Include=\"\\.\\./\\.\\./([^*\"]+)").Select(m => m.Groups[1].Value.TrimEnd('/'))))
            Assert.Contains(Stages(project)[0], l => l.StartsWith($"COPY {outside}/ ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".git")]
    [InlineData("tests")]
    [InlineData("data")]
    [InlineData("monitor.json")]
    [InlineData(".env")]
    [InlineData("artifacts")]
    [InlineData("helm/monitoring/values.yaml")]
    [InlineData("src/Monitoring.Core/bin")]
    [InlineData("src/Monitoring.Core/obj")]
    public void What_is_no_source_stays_outside(string path) => Assert.True(IsIgnored(path));

    private static string Text(string project) => File.ReadAllText(Path.Combine(Repository.Root, "src", project, "Dockerfile"));

    private static string ProjectFile(string project) => Path.Combine(Repository.Root, "src", project, project + ".csproj");

    private static string[][] Stages(string project)
    {
        var lines = Text(project).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => !l.StartsWith('#')).ToArray();
        var starts = lines.Index().Where(l => l.Item.StartsWith("FROM ", StringComparison.Ordinal)).Select(l => l.Index).Append(lines.Length).ToArray();
        Assert.Equal(3, starts.Length);
        return [lines[starts[0]..starts[1]], lines[starts[1]..]];
    }

    private static HashSet<string> Closure(string project)
    {
        var seen = new HashSet<string>();
        var open = new Queue<string>([project]);
        while (open.TryDequeue(out var next))
        {
            if (!seen.Add(next)) continue;
            foreach (Match reference in Reference().Matches(File.ReadAllText(ProjectFile(next)))) open.Enqueue(reference.Groups[1].Value);
        }

        return seen;
    }

    // The last pattern that matches a path or a folder above it decides; "**/" stands for any depth.
    private static bool IsIgnored(string path)
    {
        var ignored = false;
        foreach (var line in File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).Where(l => l.Length > 0 && !l.StartsWith('#')))
        {
            var pattern = "^" + Regex.Escape(line.TrimStart('!')).Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "(/.*)?$";
            if (Regex.IsMatch(path, pattern)) ignored = !line.StartsWith('!');
        }

        return ignored;
    }

    [GeneratedRegex(@"ProjectReference Include=""\.\./([^/]+)/")]
    private static partial Regex Reference();
}
