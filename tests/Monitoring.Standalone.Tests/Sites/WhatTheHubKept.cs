using System.Globalization;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>The results of a hub that has stopped, and the promises it has to keep.</summary>
internal static class WhatTheHubKept
{
    /// <summary>Nothing that a region spooled is lost, nothing counts twice, no orchestrator is charged with what was ours.</summary>
    public static async Task<string> VerifyAsync(RegionSites sites, CancellationToken cancellationToken)
    {
        var journal = await sites.JournalAsync(cancellationToken);
        Assert.True((await JournalVerifier.VerifyAsync(journal, cancellationToken)).IsWhole);
        await using var store = await JournalResultStore.OpenAsync(journal, TimeProvider.System, null, cancellationToken);
        var all = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = false }, cancellationToken)) all.Add(revision);

        Assert.Distinct(all.Select(r => (r.Test, r.Revision)));
        var measured = all.Where(r => r.Revision == OutcomeRevision.Measured).ToDictionary(r => r.Test.Text);
        Assert.All(RegionSites.Regions, region => Assert.Equal(0, sites.SpooledOf(region)));
        Assert.Empty(sites.Tested.Except(measured.Keys));
        Assert.All(sites.Fleet.Nodes, node => Assert.Equal(RegionSites.Regions, measured.Values.Where(r => r.Orchestrator == node.Id).Select(r => r.Region.Code).Distinct().Order()));
        Assert.DoesNotContain("The hub refused", sites.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be true", sites.Said, StringComparison.Ordinal);

        // Every node is well: whatever went wrong was ours, unless the process of the nodes stood still itself, so that they were slow in truth.
        var charged = all.Where(r => r.Outcome.Class == OutcomeClass.Fault).ToList();
        foreach (var revision in charged)
        {
            var evidence = await store.ReadEvidenceAsync(revision.Test, revision.TestTime, cancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(Told(revision, evidence, sites.Pauses.During(revision)));
        }

        Assert.Empty(charged.Where(c => !sites.Pauses.Explains(c)).Select(c => $"{c.Test}: {c.Outcome}; the nodes paused {sites.Pauses.During(c).TotalSeconds:0.0} s"));
        Assert.All(sites.Fleet.Nodes, node => Assert.Equal(0, node.Counters.OverlappingTests));
        return $"{measured.Count} measured ({string.Join(", ", measured.Values.GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"))}), "
            + string.Join(", ", all.GroupBy(r => r.Test).Select(g => g.MaxBy(r => r.Revision)!).Where(r => r.Outcome.Class == OutcomeClass.NotRun).GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"));
    }

    private static string Told(OutcomeRevision revision, TestEvidence? evidence, TimeSpan paused) => string.Create(
        CultureInfo.InvariantCulture,
        $"CHARGED {revision.Test} {revision.Outcome}; started {revision.Summary?.StartedAt:HH:mm:ss.fff}, took {revision.Summary?.Elapsed.TotalSeconds:0.0} s, discovery {evidence?.DiscoveryMicros / 1000} ms, ")
        + string.Join(", ", evidence?.Segments.Select(s => string.Create(CultureInfo.InvariantCulture, $"segment {s.Seq} {s.State} ({s.LateMicros / 1000} ms late, upload {s.UploadMicros / 1000}, result {s.TranscodeMicros / 1000}, download {s.DownloadMicros / 1000})")) ?? [])
        + string.Create(CultureInfo.InvariantCulture, $"; the nodes paused {paused.TotalSeconds:0.0} s");
}
