using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Cluster.Chain;
using Monitoring.Cluster.Hosting;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Web;

namespace Monitoring.Cluster.Configuration;

/// <summary>The whole configuration of a hub, parsed once.</summary>
internal sealed record HubOptions
{
    /// <summary>Where hubs listen unless told otherwise.</summary>
    public const string DefaultUrl = "http://localhost:8080";

    /// <summary>The cluster.</summary>
    public required Membership Cluster { get; init; }

    /// <summary>The database.</summary>
    public required StoreOptions? Store { get; init; }

    /// <summary>Where the orchestrators come from.</summary>
    public required SourceOptions Source { get; init; }

    /// <summary>The chain that is read; null for none.</summary>
    public ChainSettings? Chain { get; init; }

    /// <summary>What reads it.</summary>
    public ChainClient Client { get; init; }

    /// <summary>The most that may be spent by all regions that pay, whether or not this hub reads the chain.</summary>
    public required SpendCaps Spend { get; init; }

    /// <summary>How often, and from which regions, everybody is tested.</summary>
    public required SchedulePolicy Schedule { get; init; }

    /// <summary>What a test sends; as the regions have it.</summary>
    public required TestOptions Tests { get; init; }

    /// <summary>The regions that attach over HTTPS.</summary>
    public required RemoteOptions Remote { get; init; }

    /// <summary>The regions that clients are shown.</summary>
    public required ImmutableArray<ListedRegion> Regions { get; init; }

    /// <summary><c>Publish:Unverified</c>.</summary>
    public bool PublishUnverified { get; init; }

    /// <summary><c>Scoring:Method</c>.</summary>
    public ScoringMethod Scoring { get; init; }

    /// <summary>Who may post results.</summary>
    public required PostOptions Post { get; init; }

    /// <summary>Who is told of incidents.</summary>
    public required AlertOptions Alerts { get; init; }

    /// <summary>Addresses to listen on.</summary>
    public required ImmutableArray<Uri> Urls { get; init; }

    /// <summary>Addresses for <c>/metrics</c> alone; empty where it is answered on <see cref="Urls"/>.</summary>
    public ImmutableArray<Uri> MetricsUrls { get; init; } = [];

    /// <summary>The least level of our own log lines.</summary>
    public LogLevel LogLevel { get; init; }

    /// <summary>The rules that the grains work by.</summary>
    public HubRules Rules => new() { Policy = new Policy { Schedule = Schedule, Scoring = Scoring }, Method = Tests.Method, Caps = Spend };

    /// <summary>What the API and the page go by.</summary>
    public WebOptions Web => new()
    {
        Regions = Regions,
        OwnRegions = [.. Schedule.Regions],
        Secret = Post.Secret?.Reveal() ?? "",
        RegionSecrets = Post.Secrets.ToImmutableDictionary(s => s.Key, s => s.Value.Reveal()),
        PublishUnverified = PublishUnverified,
        Window = Rules.Policy.Window,
        Scoring = Scoring,
        Capped = Rules.Policy.Capped,
        Banner = Source.AllowLoopback ? "SIMULATION: orchestrators of this machine may be tested here. Nothing here says anything about the real network." : "",
    };

    /// <summary>Reads everything.</summary>
    public static HubOptions Read(KeyReader keys)
    {
        var cluster = new ClusterSection(keys).Read();
        var paid = new PaidSections(keys);
        var chain = paid.Chain();
        var spend = paid.Spend();
        var source = new SourceSection(keys, simulates: false).Read(chain is not null);
        paid.Check(source.Kind, chain, wallet: null, paysHere: false);
        var remote = new RemoteSection(keys).Read();
        foreach (var twice in remote.Regions.Intersect(cluster.Regions)) keys.Problem("Hub:Regions", $"{twice} is a member of the cluster already (Cluster:Regions); remove it in one of the two.");
        ImmutableArray<RegionId> tested = [.. cluster.Regions.Union(remote.Regions).Order()];
        if (tested.IsEmpty) keys.Problem("Cluster:Regions", "The codes of the regions that test are expected, such as [\"FRA\", \"MDW\"]: here those whose silos are members of the cluster, in Hub:Regions those that attach over HTTPS.");
        var tests = TestOptions.Read(keys);
        var listed = new RegionTable(keys).Read(tested);
        var alerts = new AlertSections(keys).Read();
        var urls = ListenAddresses.ReadUrls(keys, DefaultUrl);
        return new HubOptions
        {
            Cluster = cluster,
            Store = Database.Read(keys),
            Source = source,
            Chain = chain,
            Client = ChainClients.Read(keys),
            Spend = spend,
            Remote = remote,
            Tests = tests,
            Schedule = new ScheduleSection(keys).Read(tested, tests.Segments, simulated: false),
            Regions = listed,
            PublishUnverified = keys.Switch("Publish:Unverified", false),
            Scoring = keys.Choice("Scoring:Method", ScoringMethod.Sums, [.. Enum.GetValues<ScoringMethod>().Select(m => (m.ToString(), m))]),
            Post = new PostSection(keys).Read(tested, listed),
            Alerts = alerts,
            Urls = urls,
            MetricsUrls = ListenAddresses.ReadMetricsUrls(keys, [.. urls, .. remote.Urls]),
            LogLevel = Logging.ReadLevel(keys),
        };
    }
}
