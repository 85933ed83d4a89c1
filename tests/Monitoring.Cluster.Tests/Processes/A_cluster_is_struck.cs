using System.Diagnostics;
using System.Globalization;
using Monitoring.Core;
using Monitoring.Standalone.Tests.Sites;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>
/// A whole cluster while its processes die. The ordinary run kills a hub and a region, and sets the clock of another one wrong. With
/// <c>MONITORING_SOAK=1</c> there are 200 orchestrators (<c>MONITORING_SOAK_ORCHESTRATORS</c>), each hub and each region is killed, the database stopped
/// for a minute, a region frozen for a minute and a half, and every process restarted one after the other, under a client that reads the board all the
/// while. <c>MONITORING_PREVIOUS</c> may name the program of the release before (its <c>Monitoring.Cluster.dll</c>): the cluster begins with it then, and
/// is exchanged for this one process by process.
/// </summary>
[Collection(WholeProcesses.Name)]
public sealed class A_cluster_is_struck
{
    private const int SigStop = 19;
    private const int SigContinue = 18;
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1";
    private WholeCluster _cluster = null!;
    private BoardReader _reader = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Two tests a second, or slots a little longer than the guards of four regions.
    private static int TestsPerDay(int nodes) => Math.Min(900, 2 * 86_400 / (nodes * WholeCluster.AllRegions.Count));

    [LimitedFact]
    public async Task Whatever_dies_all_are_tested_from_everywhere_nothing_is_lost_nobody_charged_and_the_board_is_the_other_shells()
    {
        var nodes = IsSoak ? int.Parse(Environment.GetEnvironmentVariable("MONITORING_SOAK_ORCHESTRATORS") ?? "200", CultureInfo.InvariantCulture) : 12;
        await using var cluster = await WholeCluster.StartAsync(nodes, TestsPerDay(nodes), Cancel);
        await using var reader = new BoardReader(cluster.HubUrls);
        (_cluster, _reader) = (cluster, reader);
        if (IsSoak) await SayAsync("the first of every region is shown", () => cluster.UntilShownAsync(1, WholeCluster.AllRegions, DateTimeOffset.MinValue, Cancel));
        else await SayAsync("all are tested from everywhere", () => cluster.UntilAllAreTestedAsync(1, Cancel));
        await SayAsync("both hubs give the same bytes", () => cluster.SameBoardAsync(Cancel));

        if (WholeCluster.BeginsWithReleaseBefore)
        {
            await RestartAllAsync();
        }
        else
        {
            await KillHubAsync(1);
            await KillRegionAsync("MDW");
            await SetClockWrongAsync("SIN");
        }

        if (IsSoak)
        {
            await KillHubAsync(0);
            foreach (var region in new[] { "FRA", "SIN", WholeCluster.Remote }) await KillRegionAsync(region);
            await StopDatabaseAsync();
            await FreezeAsync("FRA");
            await RestartAllAsync();
        }

        await SayAsync("all are tested from everywhere", () => cluster.UntilAllAreTestedAsync(0, Cancel));
        await SettleAsync();
        var board = await cluster.SameBoardAsync(Cancel);
        foreach (var hub in cluster.Hubs) await hub.StopAsync(Cancel);
        Say(await VerifyAsync());
        await AssertStandaloneShowsAsync(board);
    }

    // The other hub goes on with the orchestrators of the dead one; the dead one comes back.
    private async Task KillHubAsync(int number)
    {
        await _cluster.ATestOfAsync(WholeCluster.Silos[0], Cancel);
        var phase = Begin($"hub {number} killed");
        var (at, starts) = (DateTimeOffset.UtcNow, _cluster.Hubs[number].Starts);
        _cluster.Hubs[number].Process.Kill();
        await SayAsync("scores of every region go on", () => _cluster.UntilShownAsync(1 - number, WholeCluster.AllRegions, at, Cancel));
        await _cluster.Hubs[number].UntilStartedAsync(starts, Cancel);
        await _cluster.UntilReadyAsync(number, Cancel);
        End(phase);
    }

    // Its tests end as not run, so no cell of it gets a zero.
    private async Task KillRegionAsync(string region)
    {
        await _cluster.ATestOfAsync(region, Cancel);
        var phase = Begin($"{region} killed");
        var starts = _cluster.Regions[region].Starts;
        _cluster.Regions[region].Process.Kill();
        await _cluster.Regions[region].UntilStartedAsync(starts, Cancel);
        await SayAsync($"{region} measures again", () => _cluster.ATestOfAsync(region, Cancel));
        End(phase);
    }

    // The hub's clock is the right one: a region whose own is off measures nothing.
    private async Task SetClockWrongAsync(string region)
    {
        _cluster.ClockOffsets[region] = -10;
        await _cluster.Regions[region].RestartAsync(Cancel);
        await SayAsync($"{region} sees that its clock is wrong", () => _cluster.Regions[region].Process.SaysAsync(": OurClock,", Cancel));
        _cluster.ClockOffsets.Remove(region);
        await _cluster.RestartRegionAsync(region, Cancel);
    }

    // Nothing can be stored, so nothing is acknowledged; the board is served all the same.
    private async Task StopDatabaseAsync()
    {
        await _cluster.ATestOfAsync(WholeCluster.Silos[0], Cancel);
        var phase = Begin("database stopped for 60 s");
        var began = Stopwatch.GetTimestamp();
        await _cluster.Database.StopAsync();
        if (TimeSpan.FromSeconds(60) - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } left) await Task.Delay(left, Cancel);
        Say($"in the spools meanwhile: {string.Join(", ", WholeCluster.AllRegions.Select(r => $"{r} {_cluster.SpooledOf(r)}"))}");
        await _cluster.Database.RestartAsync();
        var at = DateTimeOffset.UtcNow;
        await SayAsync("scores of every region go on", () => _cluster.UntilShownAsync(0, WholeCluster.AllRegions, at, Cancel));
        End(phase);
    }

    // Longer than the others believe in it: it is given up, ends itself when it wakes, and is started again.
    private async Task FreezeAsync(string region)
    {
        await _cluster.ATestOfAsync(region, Cancel);
        var before = Begin("before the freeze");
        await Task.Delay(TimeSpan.FromSeconds(30), Cancel);
        End(before);
        var phase = Begin($"{region} frozen");
        _cluster.Regions[region].Process.Signal(SigStop);
        await Task.Delay(TimeSpan.FromSeconds(90), Cancel);
        End(phase);
        var after = Begin($"{region} awake");
        _cluster.Regions[region].Process.Signal(SigContinue);
        await SayAsync($"{region} measures again", () => _cluster.ATestOfAsync(region, Cancel));
        await Task.Delay(TimeSpan.FromSeconds(30), Cancel);
        End(after);
    }

    // One after the other, the next one when the last one is well.
    private async Task RestartAllAsync()
    {
        var phase = Begin("rolling restart");
        for (var i = 0; i < _cluster.Hubs.Count; i++) await _cluster.RestartHubAsync(i, Cancel);
        foreach (var region in WholeCluster.AllRegions) await _cluster.RestartRegionAsync(region, Cancel);
        End(phase);
        Assert.Empty(_reader.Failed(phase));
    }

    // Regions stop with empty spools. What one could not report in the seconds that it has, for a silo that stopped before it was still being asked, it
    // reports when it runs again.
    private async Task SettleAsync()
    {
        foreach (var region in WholeCluster.AllRegions)
        {
            await ReportedAsync(region);
            await _cluster.Regions[region].StopAsync(Cancel);
            while (_cluster.SpooledOf(region) is > 0 and var left)
            {
                Say($"{region} stopped with {left} in its spool");
                _cluster.Regions[region].StartAgain();
                await ReportedAsync(region);
                await _cluster.Regions[region].StopAsync(Cancel);
            }
        }
    }

    private async Task ReportedAsync(string region)
    {
        while (_cluster.SpooledOf(region) > 0) await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
    }

    private async Task<string> VerifyAsync()
    {
        await using var store = await PostgresResultStore.OpenAsync(PostgresUrl.Parse(_cluster.Url), new PostgresRetention(), TimeProvider.System, null, Cancel);
        Assert.All(WholeCluster.AllRegions, region => Assert.Equal(0, _cluster.SpooledOf(region)));
        Assert.DoesNotContain("cannot be true", _cluster.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("it was never leased", _cluster.Said, StringComparison.Ordinal);
        var told = await KeptResults.VerifyAsync(store, _cluster.Fleet, WholeCluster.AllRegions, _cluster.Tested, _cluster.Pauses, Cancel);

        // Whoever slept starts nothing that is stale.
        var everything = new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = true };
        await foreach (var revision in store.ReadAsync(everything, Cancel))
        {
            if (revision.Summary is { SegmentsSent: > 0 } summary)
                Assert.True(summary.StartedAt - revision.TestTime <= TimeSpan.FromSeconds(WholeCluster.GuardSeconds), $"{revision.Test} was planned for {revision.TestTime:O} and begun at {summary.StartedAt:O}.");
        }

        return told;
    }

    private async Task AssertStandaloneShowsAsync(string board)
    {
        await using var standalone = _cluster.StartStandalone();
        using var http = new HttpClient { BaseAddress = await standalone.UrlAsync(Cancel) };
        var shown = "";
        for (var i = 0; i < 60 && shown != board; i++)
        {
            shown = await http.GetStringAsync("/api/aggregated_stats", Cancel);
            await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        }

        Assert.Equal(board, shown);
        Say($"Standalone shows the same {board.Length} bytes of the same results");
    }

    private string Begin(string phase)
    {
        _reader.Phase(phase);
        Say(phase);
        return phase;
    }

    private void End(string phase)
    {
        if (_cluster.Fleet.Nodes.Sum(n => n.Counters.OverlappingTests) is > 0 and var overlapping) Say($"sessions that began while another was at work, so far: {overlapping}");
        _reader.Phase("between");
        Say(_reader.Told(phase));
    }

    private static async Task SayAsync(string what, Func<Task> until)
    {
        var began = Stopwatch.GetTimestamp();
        await until();
        Say(string.Create(CultureInfo.InvariantCulture, $"{what} after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss} {line}"));
}
