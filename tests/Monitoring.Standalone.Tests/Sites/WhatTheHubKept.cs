using Monitoring.Storage;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>The results of a hub that has stopped, and the promises it has to keep.</summary>
internal static class WhatTheHubKept
{
    /// <summary>The journal is whole, the spools are empty, and the results are as <see cref="KeptResults"/> wants them.</summary>
    public static async Task<string> VerifyAsync(RegionSites sites, CancellationToken cancellationToken)
    {
        var journal = await sites.JournalAsync(cancellationToken);
        Assert.True((await JournalVerifier.VerifyAsync(journal, cancellationToken)).IsWhole);
        Assert.All(RegionSites.Regions, region => Assert.Equal(0, sites.SpooledOf(region)));
        Assert.DoesNotContain("The hub refused", sites.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be true", sites.Said, StringComparison.Ordinal);
        await using var store = await JournalResultStore.OpenAsync(journal, TimeProvider.System, null, cancellationToken);
        return await KeptResults.VerifyAsync(store, sites.Fleet, RegionSites.Regions, sites.Tested, sites.Pauses, cancellationToken);
    }
}
