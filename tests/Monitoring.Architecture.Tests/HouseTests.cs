namespace Monitoring.Architecture.Tests;

public sealed class HouseTests
{
    [Fact]
    public void Every_project_keeps_to_the_table()
    {
        var projects = Repository.Projects();
        Assert.True(projects.Count >= 18, $"Only {projects.Count} projects were found: the check looks in the wrong place.");
        Assert.Empty(projects.SelectMany(ProjectRules.Violations));
    }

    [Fact]
    public void The_shared_props_add_no_arrow()
    {
        string[] shared = ["Directory.Build.props", "Directory.Build.targets"];
        var found = Repository.Files("src").Concat(Repository.Files("tests")).Where(f => shared.Contains(Path.GetFileName(f)))
            .Concat(shared.Where(f => File.Exists(Path.Combine(Repository.Root, f)))).Select(f => ProjectFile.Parse(f, Repository.Text(f))).ToArray();
        Assert.NotEmpty(found);
        Assert.Empty(found.SelectMany(ProjectRules.SharedViolations));
        Assert.Contains(found, p => p.Values("DisableTransitiveProjectReferences").Contains("true"));
    }

    [Fact]
    public void Every_project_is_built()
    {
        var violations = SolutionRules.Violations(Repository.Projects(), Repository.Text("Monitoring.sln"), Repository.Text("Monitoring.Standalone.slnf"));
        Assert.Empty(violations);
    }

    [Fact]
    public void The_core_is_guarded_by_the_list_of_banned_symbols() =>
        Assert.Empty(PurityRules.ListViolations(Repository.Text("src/Monitoring.Core/BannedSymbols.txt")));

    [Fact]
    public void Nobody_switches_the_guard_off()
    {
        var files = Repository.Files("src/Monitoring.Core").Concat(
            new[] { "Directory.Build.props", "Directory.Build.targets", ".editorconfig", ".globalconfig", "src/Directory.Build.props", "src/.editorconfig" }
                .Where(f => File.Exists(Path.Combine(Repository.Root, f)))).ToArray();
        Assert.True(files.Length > 10);
        Assert.Empty(files.SelectMany(f => PurityRules.SuppressionViolations(f, Repository.Text(f))));
    }

    [Fact]
    public void The_compiled_core_uses_no_task_clock_randomness_or_io() =>
        Assert.Empty(CoreAssembly.Violations(typeof(Core.OrchestratorId).Assembly.Location));

    [Fact]
    public void No_package_source_is_named()
    {
        var configs = Repository.Files("").Where(f => Path.GetFileName(f).Equals("NuGet.config", StringComparison.OrdinalIgnoreCase)).ToArray();
        Assert.NotEmpty(configs);
        Assert.Empty(configs.SelectMany(f => PackageSourceRules.Violations(f, Repository.Text(f))));
    }

    [Fact]
    public void Files_and_folders_name_concepts() => Assert.Empty(Repository.Files("src", "*.cs").SelectMany(NameRules.Violations));

    [Fact]
    public void Every_test_of_real_processes_has_a_limit()
    {
        // The rule's own examples are in this project.
        var files = Repository.Files("tests", "*.cs").Where(f => !f.Contains(".Architecture.Tests/", StringComparison.Ordinal)).Select(f => (Path: f, Text: Repository.Text(f))).ToArray();
        Assert.True(files.Count(f => f.Text.Contains("[LimitedFact]", StringComparison.Ordinal)) > 30, "Hardly any such test was found: the check looks in the wrong place.");
        Assert.Empty(files.SelectMany(f => LimitRules.Violations(f.Path, f.Text)));
    }
}
