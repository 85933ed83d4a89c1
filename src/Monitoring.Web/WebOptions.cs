using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What can be set of the API and the page. Every default is the old server's or the design's.</summary>
public sealed record WebOptions
{
    /// <summary>The regions that <c>/api/regions</c> lists and that results may be posted for. The old server's 26 rows.</summary>
    public ImmutableArray<ListedRegion> Regions { get; init; } = SeedRegions.All;

    /// <summary>
    /// The regions whose transcoding results are measured by this monitor: a posted transcoding result of one of them is refused, for a region is
    /// ours or posted, never both. AI results are only ever posted.
    /// </summary>
    public ImmutableHashSet<RegionId> OwnRegions { get; init; } = [];

    /// <summary>The secret that posts of all regions without one of their own are signed with. Empty: those posts are refused.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Secrets of single regions. A region that is named here accepts no post signed with <see cref="Secret"/>.</summary>
    public ImmutableDictionary<RegionId, string> RegionSecrets { get; init; } = ImmutableDictionary<RegionId, string>.Empty;

    /// <summary>True to publish orchestrators whose id was made from their URI in <c>aggregated_stats</c> as well.</summary>
    public bool PublishUnverified { get; init; }

    /// <summary>The window of answers without <c>since</c>; more than nothing, at most <see cref="MaximumRange"/>. 24 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How a window becomes scores.</summary>
    public ScoringMethod Scoring { get; init; } = ScoringMethod.Sums;

    /// <summary>How often a capped test is excused; the same as the policy's, so that computed answers agree with published ones.</summary>
    public CappedRule Capped { get; init; } = new(2, 8, TimeSpan.FromHours(48));

    /// <summary>The longest span from <c>since</c> to <c>until</c> that is answered; 1 h to 366 days. 31 days.</summary>
    public TimeSpan MaximumRange { get; init; } = TimeSpan.FromDays(31);

    /// <summary>The most stored results that one answer is computed from; 1,000 to 10 million. 200,000.</summary>
    public int MaximumResults { get; init; } = 200_000;

    /// <summary>How long one read of the store may take; more than nothing, at most 5 min. 20 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The heading of the page, at most 100 characters.</summary>
    public string Title { get; init; } = "Livepeer orchestrator performance";

    /// <summary>A line above the page's table, for example that the network is simulated; empty for none, at most 300 characters.</summary>
    public string Banner { get; init; } = "";

    /// <summary>Everything that is wrong with these options, one text each: what, where, what to do. Empty when they can be used.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (Window <= TimeSpan.Zero || Window > MaximumRange)
        {
            problems.Add($"Web:Window is {Window}; it must be more than 0 and at most Web:MaximumRange ({MaximumRange}).");
        }

        if (MaximumRange < TimeSpan.FromHours(1) || MaximumRange > TimeSpan.FromDays(366))
        {
            problems.Add($"Web:MaximumRange is {MaximumRange}; set 1 hour to 366 days.");
        }

        if (MaximumResults is < 1_000 or > 10_000_000) problems.Add($"Web:MaximumResults is {MaximumResults}; set 1,000 to 10,000,000.");
        if (ReadTimeout <= TimeSpan.Zero || ReadTimeout > TimeSpan.FromMinutes(5))
        {
            problems.Add($"Web:ReadTimeout is {ReadTimeout}; set more than 0 and at most 5 minutes.");
        }

        if (Capped.Excused < 0 || Capped.Of < 1 || Capped.Within <= TimeSpan.Zero)
        {
            problems.Add("Web:Capped must excuse 0 or more of the last 1 or more tests within a span of more than 0.");
        }

        if (Title.Length is 0 or > 100) problems.Add($"Web:Title has {Title.Length} characters; set 1 to 100.");
        if (Banner.Length > 300) problems.Add($"Web:Banner has {Banner.Length} characters; set at most 300.");
        foreach (var twice in Regions.GroupBy(r => (r.Id, r.Type)).Where(g => g.Count() > 1))
        {
            problems.Add($"Web:Regions lists {twice.Key.Id} twice for {twice.Key.Type}; list it once.");
        }

        foreach (var region in Regions)
        {
            if (region.Id.Code.Length == 0)
            {
                problems.Add("Web:Regions has a row without an id; give it a code of 2 to 16 letters and digits.");
            }

            if (region.Name.Length is 0 or > 128)
            {
                problems.Add($"Web:Regions names {region.Id} with {region.Name.Length} characters; set 1 to 128.");
            }
        }

        foreach (var own in OwnRegions.Order().Where(own => !Lists(own, JobType.Transcoding)))
        {
            problems.Add($"Region {own} is measured here but not in Web:Regions, so no client would find it; add it there for transcoding.");
        }

        foreach (var (region, secret) in RegionSecrets.OrderBy(p => p.Key))
        {
            if (secret.Length == 0)
            {
                problems.Add($"Web:RegionSecrets:{region} is empty; set a secret, or remove the entry to use Web:Secret.");
            }

            if (!Regions.Any(r => r.Id == region))
            {
                problems.Add($"Web:RegionSecrets names {region}, which is not in Web:Regions; add it there or remove the secret.");
            }
        }

        return problems.ToImmutable();
    }

    /// <summary>True when results of this type may come from this region.</summary>
    internal bool Lists(RegionId region, JobType type) => Regions.Any(r => r.Id == region && r.Type == type);

    /// <summary>Keeps the secrets out of logs and dumps.</summary>
    public override string ToString() => $"WebOptions {{ {Regions.Length} regions, {OwnRegions.Count} measured here, {RegionSecrets.Count} with a secret of their own }}";
}
