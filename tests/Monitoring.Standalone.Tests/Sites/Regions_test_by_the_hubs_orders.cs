using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// A hub and three regions as processes of their own. A region and the hub are killed while all of them work. With <c>MONITORING_SOAK=1</c> faults
/// strike at random for <c>MONITORING_SOAK_MINUTES</c> (30) from the seed <c>MONITORING_SOAK_SEED</c>, there are 200 orchestrators
/// (<c>MONITORING_SOAK_ORCHESTRATORS</c>), and the hub's results are in PostgreSQL (<c>MONITORING_SOAK_STORE</c>; or <c>journal</c>), which fails as well.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class Regions_test_by_the_hubs_orders
{
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task Every_orchestrator_is_tested_from_every_region_and_whatever_breaks_nothing_is_lost_and_nobody_charged()
    {
        var onPostgres = IsSoak && Text("MONITORING_SOAK_STORE", "postgres") == "postgres";
        Assert.SkipWhen(onPostgres && PostgresServer.Missing is not null, $"{PostgresServer.Missing} A run without one is to be had with --store journal.");
        var nodes = IsSoak ? Number("MONITORING_SOAK_ORCHESTRATORS", 200) : 24;
        await using var sites = await RegionSites.StartAsync(nodes, TestsPerDay(nodes), onPostgres, Cancel);
        var faults = new SiteFaults(sites);
        if (!IsSoak) await sites.UntilAllAreTestedFromAsync(RegionSites.Regions, Cancel);
        foreach (var region in RegionSites.Regions) await sites.UntilInstrumentAsync(region, (state, _) => state == "ok", Cancel);

        if (IsSoak) await faults.StrikeAtRandomAsync(Minutes, Seed, Cancel);
        else await faults.StrikeSomeAsync(2, Cancel);

        await sites.UntilAllAreTestedFromAsync(RegionSites.Regions, Cancel);
        foreach (var region in RegionSites.Regions) await sites.UntilInstrumentAsync(region, (state, text) => state == "ok" && text.Contains("; 0 in its spool", StringComparison.Ordinal), Cancel);
        await sites.StopAsync(Cancel);
        var kept = await WhatTheHubKept.VerifyAsync(sites, Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kept}; faults: {string.Join(", ", faults.Struck.GroupBy(f => f).Select(g => $"{g.Count()} x {g.Key}"))}");
    }

    private static TimeSpan Minutes => TimeSpan.FromMinutes(Number("MONITORING_SOAK_MINUTES", 30));

    private static int Seed => Number("MONITORING_SOAK_SEED", 20_261_120);

    // Under faults as many as two processors carry, about five tests in two seconds, and in slots twice as long as their guard, or all would begin at once: a machine
    // that is overrun says nothing about faults.
    private static int TestsPerDay(int nodes) => IsSoak ? Math.Min(640, 5 * 86_400 / (2 * nodes * RegionSites.Regions.Length)) : RegionSites.OftenADay;

    private static string Text(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : otherwise;

    private static int Number(string name, int otherwise) =>
        Text(name, "") is { Length: > 0 } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;
}
