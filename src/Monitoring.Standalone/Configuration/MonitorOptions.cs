using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Web;

namespace Monitoring.Standalone.Configuration;

/// <summary>The whole configuration, parsed once. What is in here needs no further check.</summary>
internal sealed record MonitorOptions
{
    /// <summary>Where the orchestrators come from.</summary>
    public required SourceOptions Source { get; init; }

    /// <summary>How often, and from which regions, this process tests.</summary>
    public required SchedulePolicy Schedule { get; init; }

    /// <summary>What a test sends.</summary>
    public required TestOptions Tests { get; init; }

    /// <summary>The region, or simulated regions, of this process.</summary>
    public required RegionOptions Region { get; init; }

    /// <summary>The regions of other processes.</summary>
    public RemoteOptions Remote { get; init; } = RemoteOptions.None;

    /// <summary>The regions that clients are shown.</summary>
    public ImmutableArray<ListedRegion> Regions { get; init; } = SeedRegions.All;

    /// <summary><c>Publish:Unverified</c>: orchestrators whose id was made from their URI are published too.</summary>
    public bool PublishUnverified { get; init; }

    /// <summary><c>Scoring:Method</c>.</summary>
    public ScoringMethod Scoring { get; init; }

    /// <summary>Who may post results to this monitor.</summary>
    public required PostOptions Post { get; init; }

    /// <summary>The leaderboard that gets our results too; null for none.</summary>
    public PostToOptions? PostTo { get; init; }

    /// <summary>Addresses to listen on.</summary>
    public required ImmutableArray<Uri> Urls { get; init; }

    /// <summary>Addresses for <c>/metrics</c> alone; empty where it is answered on <see cref="Urls"/>.</summary>
    public ImmutableArray<Uri> MetricsUrls { get; init; } = [];

    /// <summary>Directory of everything that is kept.</summary>
    public required string Data { get; init; }

    /// <summary>The database that results go to; null for the journal in <see cref="Data"/>.</summary>
    public StoreOptions? Store { get; init; }

    /// <summary>What the simulated network consists of, where it is used.</summary>
    public required SimulateOptions Simulate { get; init; }

    /// <summary>The chain that is read; null for none.</summary>
    public ChainSettings? Chain { get; init; }

    /// <summary>Where the key that pays is; null for tests that nobody pays.</summary>
    public WalletOptions? Wallet { get; init; }

    /// <summary>The most that may be spent by all regions that pay, those of other processes included.</summary>
    public required SpendCaps Spend { get; init; }

    /// <summary>Who is told of incidents.</summary>
    public required AlertOptions Alerts { get; init; }

    /// <summary>The least level of our own log lines.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>The rules that the core decides by.</summary>
    public Policy Policy => new() { Schedule = Schedule, Scoring = Scoring, Availability = Alerts.Thresholds.Availability };

    /// <summary>What the API and the page go by.</summary>
    public WebOptions Web => new()
    {
        Regions = Regions,
        OwnRegions = [.. Schedule.Regions],
        Secret = Post.Secret?.Reveal() ?? "",
        RegionSecrets = Post.Secrets.ToImmutableDictionary(s => s.Key, s => s.Value.Reveal()),
        PublishUnverified = PublishUnverified,
        Window = Policy.Window,
        Scoring = Scoring,
        Capped = Policy.Capped,
        Banner = IsSimulated ? "SIMULATED NETWORK: these orchestrators are made up and run inside this monitor. Nothing here says anything about the real network." : "",
    };

    /// <summary>True when nothing outside this process is measured.</summary>
    public bool IsSimulated => Source.Kind == SourceKind.Simulated;
}

/// <summary>Section <c>Region</c>.</summary>
/// <param name="Measured">The regions this process measures from, in order of their codes: one, those of the simulated network, or none where all are of other processes.</param>
/// <param name="Workers">Tests that one region runs at a time.</param>
/// <param name="Controls">Outside hosts that must always answer; none or at least two.</param>
internal sealed record RegionOptions(ImmutableArray<RegionId> Measured, int Workers, ImmutableArray<Uri> Controls);

/// <summary>Section <c>PostTo</c>.</summary>
/// <param name="Url">Where results are posted to, path included.</param>
/// <param name="Secret">Signs them.</param>
internal sealed record PostToOptions(Uri Url, Secret Secret);

/// <summary>Section <c>Simulate</c>.</summary>
/// <param name="Nodes">How many nodes; null for the default fleet.</param>
/// <param name="FirstPort">The port of the first node, the others follow; null lets the system choose.</param>
/// <param name="Seed">Deals the behaviours out to the nodes, so that an address does not always behave alike; null keeps the usual order.</param>
/// <param name="WithFfmpeg">True when the nodes transcode with the machine's ffmpeg; false when they answer with kept renditions.</param>
internal sealed record SimulateOptions(int? Nodes, int? FirstPort, int? Seed, bool WithFfmpeg);
