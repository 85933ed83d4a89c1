using System.Globalization;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>The journal of a hub that has stopped, and the promises it has to keep.</summary>
internal static class WhatTheHubKept
{
    // Half of the shortest limit of a test (connect, 2 s).
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    /// <summary>Nothing that a region spooled is lost, nothing counts twice, no orchestrator is charged with what was ours.</summary>
    public static async Task<string> VerifyAsync(RegionSites sites, CancellationToken cancellationToken)
    {
        Assert.True((await JournalVerifier.VerifyAsync(sites.Journal, cancellationToken)).IsWhole);
        await using var store = await JournalResultStore.OpenAsync(sites.Journal, TimeProvider.System, null, cancellationToken);
        var all = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = false }, cancellationToken)) all.Add(revision);

        Assert.Distinct(all.Select(r => (r.Test, r.Revision)));
        var measured = all.Where(r => r.Revision == OutcomeRevision.Measured).ToDictionary(r => r.Test.Text);
        Assert.All(RegionSites.Regions, region => Assert.Equal(0, sites.SpooledOf(region)));
        Assert.Empty(sites.Tested.Except(measured.Keys));
        Assert.DoesNotContain("The hub refused", sites.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be true", sites.Said, StringComparison.Ordinal);

        // Every node is well: whatever went wrong was ours, unless the process of the nodes stood still itself, so that they were slow in truth.
        var charged = all.Where(r => r.Outcome.Class == OutcomeClass.Fault).Select(r => (Revision: r, Paused: NodesPaused(sites, r))).ToList();
        foreach (var (revision, paused) in charged)
        {
            var evidence = await store.ReadEvidenceAsync(revision.Test, revision.TestTime, cancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(Told(revision, evidence, paused));
        }

        Assert.Empty(charged.Where(c => !(IsSlow(c.Revision.Outcome.Code) && c.Paused > LeastPause)).Select(c => $"{c.Revision.Test}: {c.Revision.Outcome}; the nodes paused {c.Paused.TotalSeconds:0.0} s"));
        Assert.All(sites.Fleet.Nodes, node => Assert.Equal(0, node.Counters.OverlappingTests));
        return $"{measured.Count} measured ({string.Join(", ", measured.Values.GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"))}), "
            + string.Join(", ", all.GroupBy(r => r.Test).Select(g => g.MaxBy(r => r.Revision)!).Where(r => r.Outcome.Class == OutcomeClass.NotRun).GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"));
    }

    private static TimeSpan NodesPaused(RegionSites sites, OutcomeRevision revision) =>
        revision.Summary is { } summary ? sites.Pauses.Within(summary.StartedAt - TimeSpan.FromSeconds(1), summary.StartedAt + summary.Elapsed) : TimeSpan.Zero;

    private static string Told(OutcomeRevision revision, TestEvidence? evidence, TimeSpan paused) => string.Create(
        CultureInfo.InvariantCulture,
        $"CHARGED {revision.Test} {revision.Outcome}; started {revision.Summary?.StartedAt:HH:mm:ss.fff}, took {revision.Summary?.Elapsed.TotalSeconds:0.0} s, discovery {evidence?.DiscoveryMicros / 1000} ms, ")
        + string.Join(", ", evidence?.Segments.Select(s => string.Create(CultureInfo.InvariantCulture, $"segment {s.Seq} {s.State} ({s.LateMicros / 1000} ms late, upload {s.UploadMicros / 1000}, result {s.TranscodeMicros / 1000}, download {s.DownloadMicros / 1000})")) ?? [])
        + string.Create(CultureInfo.InvariantCulture, $"; the nodes paused {paused.TotalSeconds:0.0} s");

    private static bool IsSlow(OutcomeCode code) => code == OutcomeCode.Unreachable || code.ToString().EndsWith("TimedOut", StringComparison.Ordinal);
}
