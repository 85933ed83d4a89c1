using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>The journal of a hub that has stopped, and the promises it has to keep.</summary>
internal static class WhatTheHubKept
{
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

        // Every node is well: whatever went wrong was ours, unless the machine was too busy for the nodes, which then were slow in truth.
        List<string> charged = [.. all.Where(r => r.Outcome.Class == OutcomeClass.Fault && !IsSlow(r.Outcome.Code)).Select(r => $"{r.Test}: {r.Outcome}")];
        Assert.Empty(charged);
        Assert.All(sites.Fleet.Nodes, node => Assert.Equal(0, node.Counters.OverlappingTests));
        return $"{measured.Count} measured ({string.Join(", ", measured.Values.GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"))}), "
            + string.Join(", ", all.GroupBy(r => r.Test).Select(g => g.MaxBy(r => r.Revision)!).Where(r => r.Outcome.Class == OutcomeClass.NotRun).GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"));
    }

    private static bool IsSlow(OutcomeCode code) => code == OutcomeCode.Unreachable || code.ToString().EndsWith("TimedOut", StringComparison.Ordinal);
}
