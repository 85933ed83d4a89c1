using Monitoring.Cluster.Commands;
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
    [InlineData("Alerts:Canary:On=true", "Alerts:Canary:On: The cluster cannot prove daily")]
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

    private static Task<(int Code, string Said)> RunAsync(string verb, params string[] arguments) => RunAsync(verb, [], arguments);

    private static async Task<(int Code, string Said)> RunAsync(string verb, Dictionary<string, string?> environment, string[] arguments)
    {
        using var scratch = new Scratch();
        using var said = new StringWriter();
        var code = await CommandLine.RunAsync([verb, .. arguments], new Surroundings(said, said, environment, scratch.Path, TimeProvider.System));
        return (code, said.ToString());
    }
}
