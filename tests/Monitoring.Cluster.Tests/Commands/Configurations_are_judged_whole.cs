using System.Numerics;
using Monitoring.Cluster.Chain;
using Monitoring.Cluster.Commands;
using Monitoring.Cluster.Configuration;
using Monitoring.Cluster.Discovery;
using Monitoring.Livepeer;
using Monitoring.Testing;
using Monitoring.Web;

namespace Monitoring.Cluster.Tests.Commands;

/// <summary>What the command says of a configuration before it starts anything.</summary>
public sealed class Configurations_are_judged_whole
{
    [Fact]
    public async Task A_hub_without_any_settings_hears_of_all_that_it_lacks()
    {
        var (code, said) = await RunAsync("hub");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("Store:Url: The database of the cluster is expected", said, StringComparison.Ordinal);
        Assert.Contains("Source:Orchestrators: The orchestrators are expected", said, StringComparison.Ordinal);
        Assert.Contains("Cluster:Regions: The codes of the regions that test are expected", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cluster:Id=a b", "Cluster:Id: 'a b' cannot name a cluster")]
    [InlineData("Cluster:Address=hub.example.org", "Cluster:Address: 'hub.example.org' is not an address that other silos can dial")]
    [InlineData("Cluster:Address=0.0.0.0", "Cluster:Address: '0.0.0.0' is not an address")]
    [InlineData("Cluster:Regions=FRA,fra", "Cluster:Regions:1: FRA is listed twice")]
    [InlineData("Cluster:CertificateFile=silo.pem", "Cluster:CaFile: Certificate, key and authorities belong together")]
    [InlineData("Cluster:GatewayPort=11111", "Cluster:GatewayPort: It is the port of the silo already")]
    [InlineData("Hub:Regions=FRA", "Hub:Regions: FRA is a member of the cluster already")]
    [InlineData("Chain:Client=Geth", "Chain:Client: 'Geth' is not one of Own, Nethereum")]
    [InlineData("Metrics:Urls=http://*:8080", "is listened on already; a port of its own is expected")]
    [InlineData("Cluster:Silo=1", "Cluster:Silo: There is no such key")]
    [InlineData("Source:Kind=simulated", "Source:Kind: 'simulated' is not one of list, webhook, chain")]
    public async Task What_is_wrong_with_a_hub_is_named(string setting, string problem)
    {
        var (code, said) = await RunAsync(
            "hub", "--store", "postgres://monitor@127.0.0.1:1/monitoring", "--set", "Source:Orchestrators=https://a.example:8935", "--set", "Cluster:Regions=FRA", "--set", setting);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Region:Id: The region this silo measures from is expected")]
    [InlineData("SIN", "Region:Id: SIN is not among Cluster:Regions (FRA, MDW)")]
    [InlineData("!", "Region:Id: '!' is not a region code")]
    public async Task A_region_must_be_one_of_the_clusters(string id, string problem)
    {
        var (code, said) = await RunAsync("region", "--store", "postgres://monitor@127.0.0.1:1/monitoring", "--set", "Cluster:Regions=MDW,FRA", "--region", id);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Chain:Client=Geth", "Chain:Client: 'Geth' is not one of Own, Nethereum")]
    [InlineData("Tests:Discovery=Grpc", "Tests:Discovery: 'Grpc' is not one of Own, GrpcNet")]
    [InlineData("Metrics:Urls=metrics", "Metrics:Urls:0: 'metrics' is not an address to listen on")]
    public async Task What_is_wrong_with_a_region_is_named(string setting, string problem)
    {
        var (code, said) = await RunAsync(
            "region", "--store", "postgres://monitor@127.0.0.1:1/monitoring", "--set", "Cluster:Regions=FRA", "--region", "FRA", "--set", "Source:AllowLoopback=true", "--set", setting);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", ChainClient.Own, DiscoveryClient.Own)]
    [InlineData("Nethereum", ChainClient.Nethereum, DiscoveryClient.GrpcNet)]
    public void The_adapters_are_ours_unless_others_are_named(string client, ChainClient chain, DiscoveryClient discovery)
    {
        var settings = new Dictionary<string, string?> { ["MONITOR_Chain__Client"] = client, ["MONITOR_Tests__Discovery"] = client.Length == 0 ? "" : "grpcnet" };
        var region = Read(settings, RegionOptions.Read);
        Assert.Equal((chain, discovery), (region.Client, region.Discovery));
        var made = region.Setup.Tests.CreateDiscovery(allowLoopback: true, OffChainPaymaster.Instance, TimeProvider.System);
        Assert.IsType(discovery == DiscoveryClient.Own ? typeof(GrpcDiscovery) : typeof(GrpcNetDiscovery), made);
        Assert.Equal(chain, Read(settings, HubOptions.Read).Client);
    }

    [Fact]
    public void The_caps_hold_also_where_the_hub_reads_no_chain()
    {
        var hub = Read(new Dictionary<string, string?> { ["MONITOR_Source__Orchestrators"] = "https://a.example:8935", ["MONITOR_Spend__PerDay"] = "0.01 ether" }, HubOptions.Read);
        Assert.Null(hub.Chain);
        Assert.Equal(BigInteger.Pow(10, 16), hub.Rules.Caps!.PerDay);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named_without_its_password()
    {
        var (code, said) = await RunAsync(
            "migrate", new Dictionary<string, string?> { ["MONITOR_Store__Url"] = "postgres://monitor:s3cret@127.0.0.1:1/monitoring" }, []);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("postgres://127.0.0.1:1/monitoring", said, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_asked_and_a_process_that_is_not_there_is_not_well() =>
        Assert.Equal(ExitCode.Failure, (await RunAsync("healthcheck", "--url", "http://127.0.0.1:1/readyz")).Code);

    private static T Read<T>(Dictionary<string, string?> environment, Func<KeyReader, T> read)
    {
        using var scratch = new Scratch();
        using var layers = ConfigurationLayers.Read(null, scratch.Path, environment, []);
        return read(new KeyReader(layers));
    }

    private static Task<(int Code, string Said)> RunAsync(string verb, params string[] arguments) => RunAsync(verb, [], arguments);

    private static async Task<(int Code, string Said)> RunAsync(string verb, Dictionary<string, string?> environment, string[] arguments)
    {
        using var scratch = new Scratch();
        using var said = new StringWriter();
        var code = await CommandLine.RunAsync([verb, .. arguments], new Surroundings(said, said, environment, scratch.Path, TimeProvider.System));
        return (code, said.ToString());
    }
}
