using System.Text.Json.Nodes;
using Monitoring.Cluster.Configuration;
using Monitoring.Testing;
using Monitoring.Testing.Compose;
using Monitoring.Testing.Helm;
using Monitoring.Web;

namespace Monitoring.Cluster.Tests.Deployment;

/// <summary>What docker-compose.yml and the chart give to a hub and to a region is what these read: no problem, no key that nobody knows.</summary>
public sealed class Settings_of_deployments_are_read
{
    public static TheoryData<string> HubsOfCompose => [.. Compose("hub")];

    public static TheoryData<string> RegionsOfCompose => [.. Compose("region")];

    [Fact]
    public void Compose_starts_two_hubs_and_three_regions() => Assert.Equal((2, 3, 1), (Compose("hub").Count(), Compose("region").Count(), Compose("migrate").Count()));

    [Theory]
    [MemberData(nameof(HubsOfCompose))]
    public void A_hub_of_compose(string service)
    {
        var hub = Read(null, Environment(service), HubOptions.Read);
        Assert.Equal(["FRA", "MDW", "SIN"], hub.Schedule.Regions.Select(r => r.Code));
        Assert.Equal(21, hub.Source.Orchestrators.Length);
        Assert.Equal("Chicago (simulated)", hub.Regions.Single(r => r.Id.Code == "MDW").Name);
        Assert.False(hub.Store!.Migrate);
        Assert.Equal(Environment(service)["MONITOR_Cluster__Address"], hub.Cluster.Address.ToString());
    }

    [Theory]
    [MemberData(nameof(RegionsOfCompose))]
    public void A_region_of_compose(string service)
    {
        var region = Read(null, Environment(service), RegionOptions.Read);
        var hub = Read(null, Environment(Compose("hub").First()), HubOptions.Read);
        Assert.Equal((hub.Cluster.Id, hub.Tests.Method), (region.Cluster.Id, region.Setup.Tests.Method));
        Assert.Equal(hub.Cluster.Regions.AsEnumerable(), region.Cluster.Regions);
        Assert.Equal(service[("region-".Length)..].ToUpperInvariant(), region.Id.Code);
        Assert.Equal("/data", region.Data);
    }

    [Fact]
    public void The_migration_of_compose() => Assert.NotNull(Read(null, Environment(Compose("migrate").Single()), Database.Read));

    [Theory]
    [InlineData("hub-values.yaml", "FRA, MDW, SIN", 11111)]
    [InlineData("hub-full-values.yaml", "FRA, MDW, SYD", 11111)]
    public async Task A_hub_of_the_chart(string example, string regions, int port)
    {
        var (hub, chart) = await ReadAsync(example, HubOptions.Read);
        Assert.Equal(regions, string.Join(", ", hub.Schedule.Regions));
        Assert.Equal((port, false), (hub.Cluster.SiloPort, hub.Store!.Migrate));
        Assert.Equal([new Uri("http://0.0.0.0:8080")], hub.Urls);
        Assert.Equal(example == "hub-full-values.yaml", hub.Cluster.Certificate is not null);
        Assert.Equal(port, (long)chart.Container["ports"]!.AsArray().Single(p => (string)p!["name"]! == "silo")!["containerPort"]!);
        if (example == "hub-full-values.yaml") Assert.Equal(["am", "chat"], hub.Alerts.Channels.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_region_of_the_chart()
    {
        var (region, _) = await ReadAsync("region-silo-values.yaml", RegionOptions.Read);
        Assert.Equal(("FRA", "/data"), (region.Id.Code, region.Data));
        Assert.Equal(2, region.Setup.Controls.Length);
        Assert.Equal("/run/secrets/wallet/keystore", region.Wallet!.Keystore);
        Assert.NotNull(region.Cluster.Certificate);
        Assert.NotNull(region.Chain);
    }

    [Fact]
    public void A_key_that_nobody_knows_is_found()
    {
        var settings = Environment(Compose("hub").First());
        settings["MONITOR_Cluster__Adress"] = "10.0.0.1";
        Assert.Contains(Problems(null, settings, HubOptions.Read).Problems, p => p.Key == "Cluster:Adress");
    }

    private static IEnumerable<string> Compose(string verb) =>
        ComposeFile.Ours.Where(s => (string)s.Value["image"]! == "monitor-cluster:local" && ComposeFile.Words(s.Value["command"])[0] == verb).Select(s => s.Key).Order(StringComparer.Ordinal);

    private static Dictionary<string, string> Environment(string service) => new(ComposeFile.Environment(ComposeFile.Services[service]));

    private static async Task<(T Options, RenderedChart Chart)> ReadAsync<T>(string example, Func<KeyReader, T> read)
    {
        var helm = await HelmChart.GetAsync();
        Assert.SkipWhen(helm.Missing is not null, helm.Missing ?? "");
        var (code, output) = await helm.RenderAsync(example);
        Assert.True(code == 0, output);
        var chart = new RenderedChart(output);

        // What Kubernetes itself puts in: the pod's address, and the Secrets.
        var environment = new Dictionary<string, string>(chart.Environment) { ["MONITOR_Cluster__Address"] = "10.1.1.1", ["MONITOR_Chain__RpcUrls"] = "https://rpc.example/key" };
        Assert.Equal(environment.Keys.Order(StringComparer.Ordinal), chart.Container["env"]!.AsArray().Select(v => (string)v!["name"]!).Where(name => name != "PGPASSWORD").Order(StringComparer.Ordinal));
        return (Read(chart.Settings, environment, read), chart);
    }

    private static T Read<T>(string? file, IReadOnlyDictionary<string, string> environment, Func<KeyReader, T> read)
    {
        var (options, problems) = Problems(file, environment, read);
        Assert.Empty(problems.Where(p => !p.IsWarning).Select(p => p.ToString()));
        return options;
    }

    private static (T Options, ImmutableArray<ConfigurationProblem> Problems) Problems<T>(string? file, IReadOnlyDictionary<string, string> environment, Func<KeyReader, T> read)
    {
        using var scratch = new Scratch();
        if (file is not null) File.WriteAllText(scratch.At("monitor.json"), WithSecretsIn(scratch, file));
        using var layers = ConfigurationLayers.Read(file is null ? null : "monitor.json", scratch.Path, environment.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)), []);
        var keys = new KeyReader(layers);
        var options = read(keys);
        keys.ReportUnknown();
        return (options, [.. keys.Problems]);
    }

    // The files of Secrets that are read at once are not on this machine; others in their place are. What is read later stays as it is.
    private static string WithSecretsIn(Scratch scratch, string file)
    {
        var settings = JsonNode.Parse(file)!;
        Put(settings["Store"], "UrlFile", "postgres://monitor@db/monitoring");
        Put(settings["Post"], "SecretFile", "a secret of the post");
        foreach (var (_, channel) in settings["Alerts"]?["Channels"]?.AsObject() ?? []) Put(channel, "UrlFile", "https://chat.example/hook");
        return settings.ToJsonString();

        void Put(JsonNode? section, string key, string secret)
        {
            if (section?[key] is not { } named) return;
            var name = scratch.At(Path.GetFileName((string)named!));
            Assert.StartsWith("/run/secrets/", (string)named!, StringComparison.Ordinal);
            File.WriteAllText(name, secret);
            section[key] = name;
        }
    }
}
