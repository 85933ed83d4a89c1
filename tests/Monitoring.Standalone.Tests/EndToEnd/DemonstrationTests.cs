using System.Text.Json;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.EndToEnd;

/// <summary>What somebody sees who starts the monitor with nothing but its name.</summary>
[Collection(OneAtATime.Name)]
public sealed class DemonstrationTests(Demonstration demonstration) : IClassFixture<Demonstration>
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    // Of each of these not one rendition can be used.
    private static readonly string[] Broken = ["busy", "blames-input", "unreachable", "echo", "empty", "wrong-size", "garbage", "slow-download", "slow-result"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task It_ranks_the_simulated_nodes_as_they_behave()
    {
        string[] shown = ["fast", "fast-far", "just-in-time", "slow", "lossy", "failing", .. Broken];
        var board = await demonstration.Api.BoardAsync(Cancel);
        while (!shown.All(name => CellsOf(board, name).Count > 0))
        {
            await Task.Delay(LookAgain, Cancel);
            board = await demonstration.Api.BoardAsync(Cancel);
        }

        double Score(string name) => CellsOf(board, name).Average(c => c.Score);
        double Rate(string name) => CellsOf(board, name).Average(c => c.SuccessRate);
        Assert.True(Score("fast") > Score("just-in-time"), $"{Score("fast")} {Score("just-in-time")}");
        Assert.True(Score("just-in-time") > Score("slow"), $"{Score("just-in-time")} {Score("slow")}");
        Assert.True(Score("fast") > Score("lossy") && Score("fast") > Score("failing"), $"{Score("fast")} {Score("lossy")} {Score("failing")}");
        Assert.True(Score("slow") > 0);
        Assert.InRange(Rate("lossy"), 0.5, 0.9);
        Assert.InRange(Rate("failing"), 0.5, 0.9);
        foreach (var name in Broken) Assert.All(CellsOf(board, name), c => Assert.Equal(default, c));
        var best = board.Max(c => c.Value.Score);
        Assert.Contains(CellsOf(board, "fast").Concat(CellsOf(board, "fast-far")).Concat(CellsOf(board, "flapping")).Concat(CellsOf(board, "dear")), c => c.Score == best);
    }

    [LimitedFact]
    public async Task Whoever_is_full_or_too_dear_is_tested_and_not_charged()
    {
        var (capped, dear) = (demonstration.IdOf("capped"), demonstration.IdOf("dear"));
        await demonstration.Monitor.SaysAsync($"{capped}: Capped", Cancel);
        await demonstration.Monitor.SaysAsync($"{dear}: PricedOut", Cancel);
        Assert.Empty(await demonstration.Api.RawAsync(capped, Cancel));
        Assert.Empty(await demonstration.Api.RawAsync(dear, Cancel));
    }

    [LimitedFact]
    public async Task The_page_shows_the_board_and_says_that_the_network_is_simulated()
    {
        while (!(await demonstration.Api.TextAsync("/", Cancel)).Contains(demonstration.IdOf("unreachable"), StringComparison.Ordinal)) await Task.Delay(LookAgain, Cancel);
        var page = await demonstration.Api.TextAsync("/", Cancel);
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("SIMULATED NETWORK", page, StringComparison.Ordinal);
        Assert.Contains("SIMULATED NETWORK", demonstration.Monitor.Said, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task A_second_one_on_the_same_data_is_refused_and_says_who_has_it()
    {
        await using var second = MonitorProcess.Start(demonstration.Directory, new Dictionary<string, string>(), "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, await second.ExitAsync(Cancel));
        Assert.Contains($"process {demonstration.Monitor.Id} ", second.Said, StringComparison.Ordinal);
        Assert.Contains(demonstration.Data, second.Said, StringComparison.Ordinal);
        Assert.False(demonstration.Monitor.HasExited);
    }

    [LimitedFact]
    public async Task Another_monitor_gets_every_counted_result_once()
    {
        // Enough of them, and then a moment at which both have the same.
        while (true)
        {
            var (there, here) = (await RowsAsync(demonstration.OtherApi), await RowsAsync(demonstration.Api));
            Assert.Equal(there.Count, there.Distinct().Count());
            Assert.Empty(there.Except(here));
            if (here.Count >= 30 && there.Count == here.Count) break;
            await Task.Delay(LookAgain, Cancel);
        }
    }

    private List<CellScores> CellsOf(SortedDictionary<(string Orchestrator, string Region), CellScores> board, string name) =>
        [.. board.Where(c => c.Key.Orchestrator == demonstration.IdOf(name)).Select(c => c.Value)];

    // What a row says of a test, in an order of our own: a posted row leaves the detail of its errors out.
    private async Task<List<string>> RowsAsync(MonitorApi api)
    {
        var rows = new List<string>();
        foreach (var orchestrator in demonstration.Orchestrators)
        {
            foreach (var (region, row) in await api.RawAsync(orchestrator, Cancel))
            {
                using var read = JsonDocument.Parse(row);
                var fields = read.RootElement.EnumerateObject().Where(f => f.Name != "errors").OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => f.Name + "=" + f.Value.GetRawText());
                rows.Add(region + " " + string.Join(" ", fields));
            }
        }

        return rows;
    }
}
