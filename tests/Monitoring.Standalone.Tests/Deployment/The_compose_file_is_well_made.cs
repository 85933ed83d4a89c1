using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Monitoring.Simulator;
using Monitoring.Testing.Compose;
using Monitoring.Testing.Processes;
using Monitoring.Testing.Prometheus;

namespace Monitoring.Standalone.Tests.Deployment;

public sealed class The_compose_file_is_well_made
{
    [Fact]
    public void It_is_two_hubs_three_regions_a_database_a_migration_and_a_fleet()
    {
        Assert.Equal(
            ["fleet", "hub-1", "hub-2", "migrate", "postgres", "region-fra", "region-mdw", "region-sin"],
            ComposeFile.Services.Where(s => s.Value["profiles"] is null).Select(s => s.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["alertmanager", "grafana", "prometheus"],
            ComposeFile.Services.Where(s => ComposeFile.Words(s.Value["profiles"]) is ["observability"]).Select(s => s.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_password_works_by_default()
    {
        // Every mention of a password is a variable that must be given, or there is nobody to log in.
        Assert.Equal([ComposeFile.Given], ComposeFile.Services.SelectMany(s => ComposeFile.Environment(s.Value))
            .Where(v => Regex.IsMatch(v.Key, "(?i)(password|secret|token)$")).Select(v => v.Value).Distinct());
        Assert.DoesNotMatch(@"(?i)(password|secret|token)[a-z_]*:\s*[""']?[a-z0-9]", Regex.Replace(ComposeFile.Text, "(?m)#.*$", ""));
        Assert.DoesNotMatch(@"://[^/\s@]+:[^/\s@]+@", ComposeFile.Text);
        var grafana = ComposeFile.Environment(ComposeFile.Services["grafana"]);
        Assert.Equal("true", grafana["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"]);
        Assert.Equal("true", grafana["GF_AUTH_DISABLE_LOGIN_FORM"]);
    }

    [Fact]
    public void Only_this_machine_reaches_what_is_published() =>
        Assert.All(ComposeFile.Services.SelectMany(s => ComposeFile.Words(s.Value["ports"])), p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));

    [Fact]
    public void Everybody_is_locked_in()
    {
        foreach (var (name, service) in ComposeFile.Services)
        {
            Assert.True((bool)service["read_only"]!, name);
            Assert.Equal(["ALL"], ComposeFile.Words(service["cap_drop"]));
            Assert.Equal(["no-new-privileges:true"], ComposeFile.Words(service["security_opt"]));
            Assert.Null(service["privileged"]);
            Assert.Null(service["cap_add"]);
            Assert.NotNull(service["restart"]);

            // Compose cannot put inline secrets and configs into a root file system that is read-only.
            Assert.Null(service["secrets"]);
            Assert.Null(service["configs"]);
        }
    }

    [Fact]
    public void Whoever_runs_on_says_whether_it_is_well_and_whoever_waits_waits_for_that()
    {
        foreach (var (name, service) in ComposeFile.Services)
        {
            if (name != "migrate") Assert.Equal("CMD", ComposeFile.Words(service["healthcheck"]!["test"])[0]);
            foreach (var (needed, how) in service["depends_on"]?.AsObject() ?? [])
            {
                Assert.Contains(needed, ComposeFile.Services.Keys);
                Assert.Equal(needed == "migrate" ? "service_completed_successfully" : "service_healthy", (string)how!["condition"]!);
            }
        }

        foreach (var silo in new[] { "hub-1", "hub-2", "region-mdw", "region-fra", "region-sin" }) Assert.NotNull(ComposeFile.Services[silo]["depends_on"]!["migrate"]);
        Assert.NotNull(ComposeFile.Services["migrate"]["depends_on"]!["postgres"]);
        foreach (var (name, service) in ComposeFile.Ours.Where(s => s.Key != "migrate")) Assert.Contains("healthcheck", ComposeFile.Words(service["healthcheck"]!["test"]));
    }

    [Fact]
    public void What_is_mounted_is_there_and_what_is_kept_has_a_name()
    {
        var volumes = ComposeFile.Whole["volumes"]!.AsObject().Select(v => v.Key).ToHashSet();
        var used = new HashSet<string>();
        foreach (var mount in ComposeFile.Services.SelectMany(s => ComposeFile.Words(s.Value["volumes"])))
        {
            var source = mount.Split(':')[0];
            if (!source.StartsWith('.'))
            {
                Assert.Contains(source, volumes);
                used.Add(source);
                continue;
            }

            Assert.EndsWith(":ro", mount, StringComparison.Ordinal);
            var path = Path.Combine(Repository.Root, source);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{source} is mounted and is not there.");
        }

        Assert.Equal(volumes, used);
        Assert.Contains("./helm/monitoring/rules:/etc/prometheus/rules:ro", ComposeFile.Words(ComposeFile.Services["prometheus"]["volumes"]));
        Assert.Contains("./helm/monitoring/dashboards:/etc/grafana/dashboards:ro", ComposeFile.Words(ComposeFile.Services["grafana"]["volumes"]));
    }

    [Fact]
    public void Images_are_pinned_and_ours_are_built_from_the_files_beside_the_hosts()
    {
        foreach (var (name, service) in ComposeFile.Services)
        {
            var image = (string)service["image"]!;
            Assert.Matches(@"^[a-z0-9/-]+:(local|v?\d+\.\d+[a-z0-9.-]*)$", image);
        }

        var built = ComposeFile.Services.Where(s => s.Value["build"] is not null).ToDictionary(s => (string)s.Value["image"]!, s => (string)s.Value["build"]!["dockerfile"]!);
        Assert.Equal(ComposeFile.Ours.Select(s => (string)s.Value["image"]!).ToHashSet(), built.Keys.ToHashSet());
        Assert.All(built.Values, f => Assert.True(File.Exists(Path.Combine(Repository.Root, f)), f));
    }

    [Fact]
    public void Every_silo_has_an_address_and_port_of_its_own()
    {
        var silos = ComposeFile.Ours.Where(s => ComposeFile.Environment(s.Value).ContainsKey("MONITOR_Cluster__Address"))
            .Select(s => (s.Key, Service: s.Value, Settings: ComposeFile.Environment(s.Value))).ToArray();
        Assert.Equal(5, silos.Length);
        Assert.Equal(5, silos.Select(s => (s.Settings["MONITOR_Cluster__Address"], s.Settings.GetValueOrDefault("MONITOR_Cluster__SiloPort", "11111"))).Distinct().Count());
        foreach (var (name, service, settings) in silos)
        {
            // Who shares a network bears the address of its owner, and must not share its ports.
            var owner = ((string?)service["network_mode"])?["service:".Length..] ?? name;
            Assert.Equal((string)ComposeFile.Services[owner]["networks"]!["cluster"]!["ipv4_address"]!, settings["MONITOR_Cluster__Address"]);
        }

        var regions = silos.Where(s => s.Key.StartsWith("region", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, regions.Select(r => r.Settings["MONITOR_Urls"]).Distinct().Count());
        Assert.Equal(["FRA", "MDW", "SIN"], regions.Select(r => r.Settings["MONITOR_Region__Id"]).Order(StringComparer.Ordinal));
        Assert.All(silos, s => Assert.Equal("MDW, FRA, SIN", s.Settings["MONITOR_Cluster__Regions"]));

        // Prometheus asks all five.
        var scraped = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "helm", "observability", "prometheus.yml")), @"(hub-\d|fleet):(\d+)").Select(m => m.Value).ToHashSet();
        Assert.Equal(regions.Select(r => $"fleet:{r.Settings["MONITOR_Urls"].Split(':')[^1]}").Append("hub-1:8080").Append("hub-2:8080").ToHashSet(), scraped);
    }

    [LimitedFact]
    public async Task The_orchestrators_are_those_that_the_simulation_starts()
    {
        var command = ComposeFile.Words(ComposeFile.Services["fleet"]["command"]);
        Assert.Equal(["simulate", "--port-base", "9000"], command);
        await using var fleet = await SimulatedFleet.StartAsync(FleetOptions.Default with { WebhookPort = 0 }, TestContext.Current.CancellationToken);
        var expected = fleet.Nodes.Select((n, i) => $"{n.Id}=https://127.0.0.1:{9001 + i}");
        foreach (var hub in new[] { "hub-1", "hub-2" })
            Assert.Equal(expected, ComposeFile.Environment(ComposeFile.Services[hub])["MONITOR_Source__Orchestrators"].Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith(fleet.WebhookUri!.AbsolutePath, ComposeFile.Words(ComposeFile.Services["fleet"]["healthcheck"]!["test"])[^1], StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task Prometheus_takes_its_configuration_and_Alertmanager_too()
    {
        if (PrometheusServer.Missing is { } missing) Assert.Skip(missing);
        var folder = Path.Combine(Repository.Root, "helm", "observability");
        var (code, said) = await Promtool.RunAsync(folder, "check", "config", "--lint=none", "prometheus.yml");
        Assert.True(code == 0, said);
        using var amtool = Process.Start(new ProcessStartInfo("amtool", ["check-config", Path.Combine(folder, "alertmanager.yml")]) { RedirectStandardOutput = true })!;
        said = await amtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await amtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(amtool.ExitCode == 0, said);
        Assert.Contains("job_name: livepeer-monitoring\n", await File.ReadAllTextAsync(Path.Combine(folder, "prometheus.yml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
