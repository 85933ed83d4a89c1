using System.Text.Json;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Standalone.Configuration;
using Monitoring.Testing;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Configuration;

public sealed class Options_are_parsed_once
{
    private const string Address = "0x00000000000000000000000000000000000000aa";

    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private static readonly RegionId Mdw = RegionId.Parse("MDW");
    private static readonly RegionId Sin = RegionId.Parse("SIN");

    [Fact]
    public void Without_any_configuration_the_simulated_network_is_tested_from_three_regions_on_a_fast_schedule()
    {
        var parsed = Configurations.Parse();
        var options = parsed.Options;

        Assert.Empty(parsed.Problems);
        Assert.True(options.IsSimulated);
        Assert.Equal([Fra, Mdw, Sin], options.Region.Measured);
        Assert.Equal((800, 32, 28, 8), (options.Schedule.TestsPerDay, options.Schedule.Guard.TotalSeconds, options.Schedule.TestBudget.TotalSeconds, options.Schedule.SurpriseOneIn));
        Assert.Equal(new TestOptions(1, 5, 50_000), options.Tests);
        Assert.True(options.Source.AllowLoopback);
        Assert.Empty(options.Schedule.Problems());
        Assert.Empty(options.Web.Problems());
        Assert.Contains("SIMULATED", options.Web.Banner, StringComparison.Ordinal);
        Assert.Equal(new Uri("http://localhost:8080"), Assert.Single(options.Urls));
        Assert.Equal("data", options.Data);
        Assert.Null(options.PostTo);
    }

    [Fact]
    public void With_a_source_the_defaults_are_the_designs()
    {
        var parsed = Configurations.Parse(overrides: ["Source:Orchestrators=https://a.example:8935", "Region:Id=fra"]);
        var options = parsed.Options;

        Assert.True(parsed.IsUsable);
        Assert.Equal(SourceKind.List, options.Source.Kind);
        Assert.Equal([Fra], options.Schedule.Regions);
        Assert.Equal((8, 90, 60, 8), (options.Schedule.TestsPerDay, options.Schedule.Guard.TotalSeconds, options.Schedule.TestBudget.TotalSeconds, options.Schedule.SurpriseOneIn));
        Assert.Equal(new TestOptions(1, 15, 50_000), options.Tests);
        Assert.Equal((16, 60), (options.Region.Workers, options.Source.Refresh.TotalSeconds));
        Assert.False(options.Source.AllowLoopback);
        Assert.Equal("", options.Web.Banner);
        var warning = Assert.Single(parsed.Problems);
        Assert.Equal(("Region:Controls", true), (warning.Key, warning.IsWarning));
    }

    [Fact]
    public void Every_key_reaches_its_option()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.At("secret"), "from a file\n");
        var parsed = Configurations.Parse($$"""
            {
              // Comments are allowed.
              "Source": { "Kind": "list", "Orchestrators": ["{{Address}}=a.example:8935", "https://b.example:443"], "RefreshSeconds": 30, "AllowLoopback": true,
                          "Maintenance": ["{{Address}}=2026-11-21T10:00Z/2026-11-21T20:00:30+01:00", "{{Address}}=2026-11-20T10:00Z/2026-11-20T20:00Z"] },
              "Schedule": { "TestsPerDay": 12, "GuardSeconds": 80, "TestBudgetSeconds": 50, "SurpriseOneIn": 4 },
              "Tests": { "Streams": 3, "Segments": 10, "PriceCeiling": 7 },
              "Region": { "Id": "fra", "Workers": 20, "Controls": ["https://one.example/clip", "http://two.example/clip"] },
              "Regions": [{ "Id": "fra", "Name": "Frankfurt" }, { "Id": "LON", "Name": "London", "Type": "ai" }],
              "Publish": { "Unverified": true },
              "Scoring": { "Method": "leaderboardserverless" },
              "Post": { "Secret": "general", "Secrets": { "lon": "london" } },
              "PostTo": { "Url": "https://board.example", "SecretFile": {{JsonSerializer.Serialize(scratch.At("secret"))}} },
              "Urls": "http://*:80;http://[::1]:81",
              "Metrics": { "Urls": ["http://127.0.0.1:9464", "http://[::1]:9464"] },
              "Data": "elsewhere",
              "Log": { "Level": "debug" }
            }
            """);
        var options = parsed.Options;

        Assert.Empty(parsed.Problems);
        var a = OrchestratorId.Parse(Address);
        Assert.Equal(new RegistryEntry(a, "https://a.example:8935", true), options.Source.Orchestrators[0]);
        Assert.Equal(("https://b.example:443", false), (options.Source.Orchestrators[1].ServiceUri, options.Source.Orchestrators[1].Verified));
        Assert.Equal(TimeSpan.FromSeconds(30), options.Source.Refresh);
        Assert.True(options.Source.AllowLoopback);
        Assert.Equal(
            [
                new MaintenanceWindow(At("2026-11-20T10:00:00Z"), At("2026-11-20T20:00:00Z")),
                new MaintenanceWindow(At("2026-11-21T10:00:00Z"), At("2026-11-21T19:00:30Z")),
            ],
            options.Source.Maintenance[a]);
        Assert.Equal((12, 80, 50, 4), (options.Schedule.TestsPerDay, options.Schedule.Guard.TotalSeconds, options.Schedule.TestBudget.TotalSeconds, options.Schedule.SurpriseOneIn));
        Assert.Equal(new TestOptions(3, 10, 7), options.Tests);
        Assert.Equal([Fra], options.Region.Measured);
        Assert.Equal(20, options.Region.Workers);
        Assert.Equal([new Uri("https://one.example/clip"), new Uri("http://two.example/clip")], options.Region.Controls);
        Assert.Equal([new ListedRegion(Fra, "Frankfurt", JobType.Transcoding), new ListedRegion(RegionId.Parse("LON"), "London", JobType.Ai)], options.Regions);
        Assert.True(options.PublishUnverified);
        Assert.Equal(ScoringMethod.LeaderboardServerless, options.Policy.Scoring);
        Assert.Equal(("general", "london"), (options.Web.Secret, options.Web.RegionSecrets[RegionId.Parse("LON")]));
        Assert.Equal(new Uri("https://board.example/api/post_stats"), options.PostTo!.Url);
        Assert.Equal("from a file", options.PostTo.Secret.Reveal());
        Assert.Equal([new Uri("http://0.0.0.0:80"), new Uri("http://[::1]:81")], options.Urls);
        Assert.Equal([new Uri("http://127.0.0.1:9464"), new Uri("http://[::1]:9464")], options.MetricsUrls);
        Assert.Equal(("elsewhere", LogLevel.Debug), (options.Data, options.LogLevel));
        Assert.Empty(options.Web.Problems());
    }

    [Fact]
    public void A_hub_may_lead_regions_elsewhere_beside_its_own_or_without_one()
    {
        var both = Configurations.Parse("""{ "Source": { "Orchestrators": ["https://one.example:8935"] }, "Region": { "Id": "MDW" }, "Hub": { "Regions": ["SIN", "FRA"] } }""");
        Assert.True(both.IsUsable);
        Assert.Equal([Mdw], both.Options.Region.Measured);
        Assert.Equal([Fra, Sin], both.Options.Remote.Regions);
        Assert.Equal([Fra, Mdw, Sin], both.Options.Schedule.Regions);
        Assert.Equal([Fra, Mdw, Sin], both.Options.Web.OwnRegions.Order());

        var alone = Configurations.Parse("""{ "Source": { "Orchestrators": ["https://one.example:8935"] }, "Hub": { "Regions": ["NEW"] } }""");
        Assert.True(alone.IsUsable);
        Assert.Empty(alone.Options.Region.Measured);
        Assert.Contains(alone.Options.Regions, r => r.Id == RegionId.Parse("NEW"));

        var simulated = Configurations.Parse("""{ "Hub": { "Regions": ["FRA", "MDW"] } }""");
        Assert.True(simulated.IsUsable);
        Assert.Empty(simulated.Options.Region.Measured);
        Assert.Equal([Fra, Mdw], simulated.Options.Schedule.Regions);
    }

    [Fact]
    public void A_hub_that_only_leads_others_reads_the_chain_and_holds_no_key()
    {
        Assert.True(Configurations.Parse("""{ "Chain": { "RpcUrls": ["https://rpc.example"] }, "Hub": { "Regions": ["FRA"] } }""").IsUsable);
        var problem = Assert.Single(Configurations.Parse("""{ "Chain": { "RpcUrls": ["https://rpc.example"] }, "Wallet": { "KeyFile": "key" }, "Hub": { "Regions": ["FRA"] } }""").Problems.Where(p => !p.IsWarning));
        Assert.StartsWith("Wallet: This hub tests nothing itself", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_simulated_network_can_be_shaped()
    {
        var options = Configurations.Parse("""{ "Simulate": { "Nodes": 12, "Ports": 20000, "Seed": -7, "Transcode": "ffmpeg" } }""").Options;
        Assert.Equal(new SimulateOptions(12, 20000, -7, true), options.Simulate);
    }

    [Fact]
    public void The_environment_beats_the_file_and_the_command_line_beats_both()
    {
        const string file = """{ "Data": "file", "Tests": { "Streams": 2, "Segments": 3 }, "Log": { "Level": "Error" } }""";
        var parsed = Configurations.Parse(file, ["MONITOR_DATA=environment", "MONITOR_Tests__Streams=4", "OTHER_Data=no"], ["Data=line"]);

        Assert.Empty(parsed.Problems);
        Assert.Equal(("line", 4, 3, LogLevel.Error), (parsed.Options.Data, parsed.Options.Tests.Streams, parsed.Options.Tests.Segments, parsed.Options.LogLevel));
        Assert.Equal("command line", OriginOf(parsed, "Data"));
        Assert.Equal("environment", OriginOf(parsed, "Tests:Streams"));
        Assert.Equal("monitor.json", OriginOf(parsed, "Tests:Segments"));
        Assert.Equal("default", OriginOf(parsed, "Urls"));
    }

    [Fact]
    public void A_list_in_one_variable_replaces_that_of_the_file()
    {
        const string file = """{ "Source": { "Orchestrators": ["https://a.example:1", "https://b.example:1", "https://c.example:1"] }, "Region": { "Id": "FRA" } }""";
        var parsed = Configurations.Parse(file, ["MONITOR_Source__Orchestrators=https://d.example:1, https://e.example:1"]);

        Assert.True(parsed.IsUsable);
        Assert.Equal(["https://d.example:1", "https://e.example:1"], parsed.Options.Source.Orchestrators.Select(o => o.ServiceUri));
    }

    [Fact]
    public void A_blank_variable_is_none() =>
        Assert.Equal("data", Configurations.Parse(environment: ["MONITOR_Data=", "MONITOR_Region__Id= "]).Options.Data);

    [Fact]
    public void Variables_that_Kubernetes_sets_beside_a_service_named_monitor_are_no_settings() =>
        Assert.Empty(Configurations.Parse(environment: ["MONITOR_SERVICE_HOST=10.0.0.1", "MONITOR_PORT=tcp://10.0.0.1:80", "MONITOR_PORT_80_TCP_ADDR=10.0.0.1"]).Problems);

    [Fact]
    public void Any_other_unknown_variable_is_a_problem() =>
        Assert.Equal("TESTS:STREEMS: There is no such key. Did you mean Tests:Streams?", Assert.Single(Configurations.Parse(environment: ["MONITOR_TESTS__STREEMS=1"]).Problems).ToString());

    [Fact]
    public void A_secret_on_the_command_line_is_refused() =>
        Assert.Contains(Configurations.Parse(overrides: ["Post:Secret=hush"]).Problems, p => p.Key == "Post:Secret" && !p.IsWarning);

    [Fact]
    public void No_secret_is_shown()
    {
        var parsed = Configurations.Parse(environment: ["MONITOR_Post__Secret=hush1", "MONITOR_Post__Secrets__LON=hush2", "MONITOR_PostTo__Secret=hush3", "MONITOR_PostTo__Url=http://user:hush4@localhost:1/"]);
        Assert.True(parsed.IsUsable);
        Assert.DoesNotContain("hush", string.Join('\n', parsed.Effective) + string.Join('\n', parsed.Problems) + parsed.Options.Post + parsed.Options.PostTo!.Secret, StringComparison.Ordinal);
    }

    [Fact]
    public void A_region_that_the_old_server_does_not_know_is_added_to_its_table()
    {
        var options = Configurations.Parse(overrides: ["Source:Orchestrators=https://a.example:8935", "Region:Id=JNB"]).Options;
        Assert.Contains(options.Regions, r => r is { Id.Code: "JNB", Type: JobType.Transcoding });
        Assert.Equal(SeedRegions.All.Length + 1, options.Regions.Length);
    }

    [Fact]
    public void Settings_of_the_simulated_network_are_without_effect_beside_a_real_source_and_say_so() =>
        Assert.Contains(
            Configurations.Parse(overrides: ["Source:Orchestrators=https://a.example:8935", "Region:Id=FRA", "Simulate:Nodes=3"]).Problems,
            p => p is { Key: "Simulate:Nodes", IsWarning: true });

    private static string OriginOf(ParsedConfiguration parsed, string key) => parsed.Effective.Single(e => e.Key == key).Origin;

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
