using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Chain;
using Monitoring.Cluster.Discovery;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Probing;
using Monitoring.Web;

namespace Monitoring.Cluster.Configuration;

/// <summary>The whole configuration of a region's silo, parsed once.</summary>
internal sealed record RegionOptions
{
    /// <summary>The cluster.</summary>
    public required Membership Cluster { get; init; }

    /// <summary>The database, where the silos find each other; results never go there from a region.</summary>
    public required StoreOptions? Store { get; init; }

    /// <summary>The region that is measured from.</summary>
    public required RegionId Id { get; init; }

    /// <summary>How it tests.</summary>
    public required RegionSetup Setup { get; init; }

    /// <summary>The chain; null for none.</summary>
    public ChainSettings? Chain { get; init; }

    /// <summary>What reads it, and signs.</summary>
    public ChainClient Client { get; init; }

    /// <summary>What asks orchestrators for sessions.</summary>
    public DiscoveryClient Discovery { get; init; }

    /// <summary>Where the key that pays is; null for tests that nobody pays.</summary>
    public WalletOptions? Wallet { get; init; }

    /// <summary>The most that may be spent.</summary>
    public required SpendCaps Spend { get; init; }

    /// <summary>Addresses for health and metrics; empty for none.</summary>
    public required ImmutableArray<Uri> Urls { get; init; }

    /// <summary>Addresses for <c>/metrics</c> alone; empty where it is answered on <see cref="Urls"/>.</summary>
    public ImmutableArray<Uri> MetricsUrls { get; init; } = [];

    /// <summary>Directory of spool and ledger.</summary>
    public required string Data { get; init; }

    /// <summary>By how much the clock of this process is set wrong, in simulations.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>The least level of our own log lines.</summary>
    public LogLevel LogLevel { get; init; }

    /// <summary>Reads everything.</summary>
    public static RegionOptions Read(KeyReader keys)
    {
        var cluster = new ClusterSection(keys).Read();
        var paid = new PaidSections(keys);
        var chain = paid.Chain();
        var wallet = paid.Wallet();
        var spend = paid.Spend();
        if (wallet is not null && chain is null) keys.Problem("Chain:RpcUrls", "A JSON-RPC endpoint of the chain is expected: payments need the round, the L1 block and what is in the wallet.");
        var discovery = DiscoveryClients.Read(keys);
        var tests = TestOptions.Read(keys) with { Discovery = discovery.Factory() };
        var allowLoopback = keys.Switch("Source:AllowLoopback", false);
        var offset = keys.Number("Simulate:ClockOffset", 0, -86_400, 86_400);
        if (offset != 0 && !allowLoopback) keys.Problem("Simulate:ClockOffset", "A clock is set wrong only in a simulation (Source:AllowLoopback); set the machine's clock instead.");
        var urls = ListenAddresses.ReadHealthUrls(keys);
        return new RegionOptions
        {
            Cluster = cluster,
            Store = Database.Read(keys),
            Id = ReadId(keys, cluster),
            Setup = new RegionSetup(keys.Number("Region:Workers", 16, 1, 256), new ControlSection(keys).Read(needed: !allowLoopback), tests, allowLoopback)
            {
                SpoolItems = keys.Number("Region:SpoolItems", 10_000, 1, 1_000_000),
            },
            Chain = chain,
            Client = ChainClients.Read(keys),
            Discovery = discovery,
            Wallet = wallet,
            Spend = spend,
            Urls = urls,
            MetricsUrls = ListenAddresses.ReadMetricsUrls(keys, urls),
            Data = keys.Text("Data", "data-region"),
            ClockOffset = TimeSpan.FromSeconds(offset),
            LogLevel = Logging.ReadLevel(keys),
        };
    }

    private static RegionId ReadId(KeyReader keys, Membership cluster)
    {
        var text = keys.Text("Region:Id", "");
        if (text.Length == 0) keys.Problem("Region:Id", "The region this silo measures from is expected, such as FRA; there is no default.");
        else if (!RegionId.TryParse(text, out var id)) keys.Problem("Region:Id", $"'{text}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");
        else if (!cluster.Regions.Contains(id)) keys.Problem("Region:Id", $"{id} is not among Cluster:Regions ({string.Join(", ", cluster.Regions)}); hubs and regions have the same list.");
        else return id;
        return RegionId.Parse("NONE");
    }
}
