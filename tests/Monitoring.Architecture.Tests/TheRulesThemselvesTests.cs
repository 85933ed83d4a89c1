namespace Monitoring.Architecture.Tests;

/// <summary>Each rule is run on something made up that breaks it: a check that cannot fail checks nothing.</summary>
public sealed class TheRulesThemselvesTests
{
    [Theory]
    [InlineData("src/Monitoring.Storage/Monitoring.Storage.csproj", "<ProjectReference Include=\"../Monitoring.Web/Monitoring.Web.csproj\" />", "references Monitoring.Web")]
    [InlineData("src/Monitoring.Core/Monitoring.Core.csproj", "<ProjectReference Include=\"../Monitoring.Net/Monitoring.Net.csproj\" />", "allows only nothing")]
    [InlineData("src/Monitoring.Web/Monitoring.Web.csproj", "<ProjectReference Include=\"..\\Monitoring.Livepeer\\Monitoring.Livepeer.csproj\" />", "references Monitoring.Livepeer")]
    [InlineData("src/Monitoring.Cluster/Monitoring.Cluster.csproj", "<ProjectReference Include=\"../Monitoring.Simulator/Monitoring.Simulator.csproj\" />", "references Monitoring.Simulator")]
    [InlineData("src/Monitoring.Net/Monitoring.Net.csproj", "<ProjectReference Condition=\"'$(X)' == '1'\" Include=\"../a/Monitoring.Core.csproj;../b/Monitoring.Probing.csproj\" />", "references Monitoring.Probing")]
    [InlineData("src/Monitoring.Probing/Monitoring.Probing.csproj", "<ProjectReference Include=\"../Monitoring.Ethereum/Monitoring.Ethereum.csproj\" />", "references Monitoring.Ethereum")]
    [InlineData("tests/Monitoring.Net.Tests/Monitoring.Net.Tests.csproj", "<ProjectReference Include=\"../../src/Monitoring.Web/Monitoring.Web.csproj\" />", "references Monitoring.Web")]
    [InlineData("src/Monitoring.Extra/Monitoring.Extra.csproj", "", "no row for Monitoring.Extra")]
    [InlineData("tests/Monitoring.Extra.Tests/Monitoring.Extra.Tests.csproj", "", "no row for Monitoring.Extra.Tests")]
    [InlineData("src/Monitoring.Standalone/Monitoring.Standalone.csproj", "<PackageReference Include=\"Microsoft.Orleans.Server\" />", "Microsoft.Orleans.Server")]
    [InlineData("src/Monitoring.Ethereum/Monitoring.Ethereum.csproj", "<PackageReference Include=\"nethereum.Web3\" />", "nethereum.Web3")]
    [InlineData("tests/Monitoring.Livepeer.Tests/Monitoring.Livepeer.Tests.csproj", "<PackageReference Include=\"Grpc.Net.Client\" />", "Grpc.Net.Client")]
    [InlineData("src/Monitoring.Net/Monitoring.Net.csproj", "<Reference Include=\"Some\" />", "<Reference>")]
    [InlineData("src/Monitoring.Core/Monitoring.Core.csproj", "<PackageReference Include=\"Polly.Core\" />", "Polly.Core must go")]
    [InlineData("src/Monitoring.Core/Monitoring.Core.csproj", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />", "shared framework")]
    [InlineData("src/Monitoring.Core/Monitoring.Core.csproj", "", "analyzer Microsoft.CodeAnalysis.BannedApiAnalyzers is missing")]
    [InlineData("src/Monitoring.Core/Monitoring.Core.csproj", "<PackageReference Include=\"Microsoft.CodeAnalysis.BannedApiAnalyzers\" />", "not given to the analyzer")]
    public void A_bad_project_is_found(string path, string item, string said) =>
        Assert.Contains(ProjectRules.Violations(Project(path, item)), v => v.Contains(said, StringComparison.Ordinal));

    [Theory]
    [InlineData("src/Monitoring.Livepeer/Monitoring.Livepeer.csproj", "<ProjectReference Include=\"../Monitoring.Net/Monitoring.Net.csproj\" />")]
    [InlineData("src/Monitoring.Cluster/Monitoring.Cluster.csproj", "<PackageReference Include=\"Microsoft.Orleans.Server\" />")]
    [InlineData("tests/Monitoring.Cluster.Tests/Monitoring.Cluster.Tests.csproj", "<PackageReference Include=\"Nethereum.Web3\" />")]
    [InlineData("tests/Monitoring.Probing.Tests/Monitoring.Probing.Tests.csproj", "<ProjectReference Include=\"../a/Monitoring.Simulator.csproj;../b/Monitoring.Ethereum.csproj\" />")]
    public void A_good_project_is_left_alone(string path, string item) => Assert.Empty(ProjectRules.Violations(Project(path, item)));

    [Theory]
    [InlineData("<ProjectReference Include=\"src/Monitoring.Core/Monitoring.Core.csproj\" />")]
    [InlineData("<PackageReference Include=\"Microsoft.Orleans.Sdk\" />")]
    [InlineData("<DisableTransitiveProjectReferences>false</DisableTransitiveProjectReferences>")]
    public void A_bad_shared_file_is_found(string item) => Assert.NotEmpty(ProjectRules.SharedViolations(Project("Directory.Build.props", item)));

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("T:System.Random")]
    [InlineData("N:System.Threading.Tasks")]
    [InlineData("N:System.IO")]
    [InlineData("N:System.Net")]
    [InlineData("N:Microsoft.Extensions.Logging")]
    public void A_symbol_taken_off_the_list_is_missed(string symbol)
    {
        var shortened = string.Join('\n', Repository.Text("src/Monitoring.Core/BannedSymbols.txt").Split('\n').Where(l => l.Split(';')[0] != symbol));
        Assert.Contains(symbol, Assert.Single(PurityRules.ListViolations(shortened)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class A {}\n#pragma warning disable RS0030 // just once\n")]
    [InlineData("class A {}\n  # pragma  warning disable\n")]
    [InlineData("#pragma warning disable // all\r\n")]
    [InlineData("<NoWarn>$(NoWarn);rs0030</NoWarn>")]
    [InlineData("dotnet_diagnostic.RS0030.severity = none")]
    [InlineData("[SuppressMessage(\"ApiDesign\", \"RS0030\")]")]
    public void Switching_the_guard_off_is_found(string text) => Assert.NotEmpty(PurityRules.SuppressionViolations("file", text));

    [Fact]
    public void Naming_another_rule_is_not_switching_the_guard_off() =>
        Assert.Empty(PurityRules.SuppressionViolations("file", "#pragma warning disable CA1815 // why\n"));

    [Theory]
    [InlineData("src/Monitoring.Net/DialManager.cs")]
    [InlineData("src/Monitoring.Net/HttpHelper.cs")]
    [InlineData("src/Monitoring.Net/NetUtils.cs")]
    [InlineData("src/Monitoring.Net/BaseDialer.cs")]
    [InlineData("src/Monitoring.Net/Dialer.Base.cs")]
    [InlineData("src/Monitoring.Net/Common/Dialer.cs")]
    [InlineData("src/Monitoring.Net/Interfaces/IDialer.cs")]
    public void An_empty_word_is_found(string path) => Assert.NotEmpty(NameRules.Violations(path));

    [Theory]
    [InlineData("src/Monitoring.Storage/Database/Base64Text.cs")]
    [InlineData("src/Monitoring.Core/Windows/WindowSums.cs")]
    public void A_word_that_only_looks_alike_is_left_alone(string path) => Assert.Empty(NameRules.Violations(path));

    [Theory]
    [InlineData("[Fact] public async Task It_runs() => await PostgresServer.StartAsync();", 1)]
    [InlineData("[Theory]\n    [InlineData(1)]\n    public Task It_runs(int number) => MonitorProcess.RunAsync();", 1)]
    [InlineData("[Fact(Skip = \"not now\")] public async Task It_runs() => await PostgresServer.StartAsync();", 1)]
    [InlineData("[Fact(Timeout = 1000)] public async Task It_runs() => await PostgresServer.StartAsync();", 0)]
    [InlineData("[LimitedFact] public async Task It_runs() => await PostgresServer.StartAsync();", 0)]
    [InlineData("[Fact(Explicit = true)] public async Task It_measures() => await PostgresServer.StartAsync();", 0)]
    [InlineData("[Fact] public void It_reads() => Assert.NotNull(PostgresServer.Missing);", 0)]
    [InlineData("[Fact] public async Task It_waits() => await Task.Yield();", 0)]
    public void A_test_of_processes_without_a_limit_is_found(string text, int violations) => Assert.Equal(violations, LimitRules.Violations("file", text).Count());

    [Fact]
    public void A_project_that_nothing_builds_is_found()
    {
        ProjectFile[] projects = [Project("src/Monitoring.Net/Monitoring.Net.csproj", ""), Project("src/Monitoring.Cluster/Monitoring.Cluster.csproj", "")];
        const string net = "src\\Monitoring.Net\\Monitoring.Net.csproj";
        const string cluster = "src\\Monitoring.Cluster\\Monitoring.Cluster.csproj";

        Assert.Empty(SolutionRules.Violations(projects, Solution(net, cluster), Filter(net)));
        Assert.Single(SolutionRules.Violations(projects, Solution(cluster), Filter(net)));
        Assert.Single(SolutionRules.Violations(projects, Solution(net, cluster), Filter()));
        Assert.Single(SolutionRules.Violations(projects, Solution(net, cluster), Filter(net, cluster)));
        Assert.Single(SolutionRules.Violations(projects, Solution(net, cluster, "src\\Gone\\Gone.csproj"), Filter(net)));
    }

    [Fact]
    public void A_named_package_source_is_found() =>
        Assert.NotEmpty(PackageSourceRules.Violations("NuGet.config", "<add key=\"x\" value=\"HTTPS://packages.example/index.json\" />"));

    [Theory]
    [InlineData("System.Threading.Tasks.Task", true)]
    [InlineData("System.Net.Http.HttpClient", true)]
    [InlineData("System.IO.Stream", true)]
    [InlineData("System.TimeProvider", true)]
    [InlineData("System.Numerics.BigInteger", false)]
    public void A_foreign_type_is_known(string type, bool foreign) => Assert.Equal(foreign, CoreAssembly.IsForeign(type));

    [Fact]
    public void An_assembly_that_uses_tasks_is_found() =>
        Assert.Contains(CoreAssembly.Violations(typeof(TheRulesThemselvesTests).Assembly.Location), v => v.Contains("System.IO.", StringComparison.Ordinal));

    private static ProjectFile Project(string path, string item) => ProjectFile.Parse(path, $"<Project><ItemGroup>{item}</ItemGroup></Project>");

    private static string Solution(params string[] paths) => string.Join('\n', paths.Select(p => $"Project(\"{{1}}\") = \"Name\", \"{p}\", \"{{2}}\""));

    private static string Filter(params string[] paths) =>
        $"{{\"solution\":{{\"projects\":[{string.Join(',', paths.Select(p => $"\"{p.Replace("\\", "\\\\", StringComparison.Ordinal)}\""))}]}}}}";
}
