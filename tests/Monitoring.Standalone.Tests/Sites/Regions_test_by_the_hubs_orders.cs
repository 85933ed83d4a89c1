using Monitoring.Standalone.Tests.EndToEnd;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// A hub and three regions as processes of their own. A region and the hub are killed while all of them work; with <c>MONITORING_SOAK=1</c>
/// there are 200 orchestrators (<c>MONITORING_SOAK_ORCHESTRATORS</c>), and faults strike at random for <c>MONITORING_SOAK_MINUTES</c> (30) from the seed <c>MONITORING_SOAK_SEED</c>.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class Regions_test_by_the_hubs_orders
{
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_orchestrator_is_tested_from_every_region_and_whatever_breaks_nothing_is_lost_and_nobody_charged()
    {
        await using var sites = await RegionSites.StartAsync(IsSoak ? Number("MONITORING_SOAK_ORCHESTRATORS", 200) : 24, Cancel);
        var faults = new SiteFaults(sites);
        await sites.UntilAllAreTestedFromAsync(RegionSites.Regions, Cancel);
        foreach (var region in RegionSites.Regions) await sites.UntilInstrumentAsync(region, (state, _) => state == "ok", Cancel);

        if (IsSoak) await faults.StrikeAtRandomAsync(Minutes, Seed, Cancel);
        else await faults.StrikeSomeAsync(2, Cancel);

        foreach (var region in RegionSites.Regions) await sites.UntilInstrumentAsync(region, (state, text) => state == "ok" && text.Contains("; 0 in its spool", StringComparison.Ordinal), Cancel);
        await sites.StopAsync(Cancel);
        var kept = await WhatTheHubKept.VerifyAsync(sites, Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kept}; faults: {string.Join(", ", faults.Struck.GroupBy(f => f).Select(g => $"{g.Count()} x {g.Key}"))}");
    }

    private static TimeSpan Minutes => TimeSpan.FromMinutes(Number("MONITORING_SOAK_MINUTES", 30));

    private static int Seed => Number("MONITORING_SOAK_SEED", 20_261_120);

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;
}
