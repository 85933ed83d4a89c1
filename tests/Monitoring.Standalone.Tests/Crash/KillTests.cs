using System.Globalization;
using Monitoring.Core;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Storage;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Crash;

/// <summary>
/// A whole monitor on its simulated network is killed with SIGKILL under load again and again. <c>MONITORING_SOAK_KILLS</c> and
/// <c>MONITORING_SOAK_SEED</c> make it last longer, or otherwise.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class KillTests
{
    private const int SigTerm = 15;
    private const int LivesOfADirectory = 3;

    // No surprises, whose places take seconds to find in so full a day: lives are short.
    // Short tests of many nodes, spread over half of each slot: results keep coming.
    private static readonly string[] Arguments =
    [
        "run", "--urls", "http://127.0.0.1:0", "--set", "Simulate:Nodes=63", "--set", "Schedule:SurpriseOneIn=0", "--set", "Tests:Segments=1", "--tests-per-day", "650",
        "--set", "Schedule:GuardSeconds=22", "--set", "Schedule:TestBudgetSeconds=20",
    ];

    private static readonly Dictionary<string, string> Environment = new() { ["MONITOR_Post__Secret"] = PostingLoad.Secret };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_any_instant_and_started_again_it_has_lost_nothing_counted_nothing_twice_and_shows_the_same_windows()
    {
        var kills = Number("MONITORING_SOAK_KILLS", 12);
        var seed = Number("MONITORING_SOAK_SEED", 20_261_120);
        var random = new Random(seed);
        int acknowledged = 0, sent = 0, own = 0, spooled = 0, left = 0, directories = 0;
        for (var life = 0; life < kills; life += LivesOfADirectory)
        {
            using var scratch = new Scratch();
            var data = scratch.At("data");
            var (posts, seen, leftAtAKill, said) = (new PostingLoad(), new SeenRows(), new HashSet<string>(), new List<string>());
            Directory.CreateDirectory(Path.Combine(data, "spool"));
            using var watch = new SpoolWatch(Path.Combine(data, "spool"));
            for (var i = 0; i < LivesOfADirectory; i++)
            {
                var death = Death.Draw(random, isFirst: i == 0);
                said.Add(await LiveAndDieAsync(data, death, posts, seen, watch));
                var here = Spooled(data).ToList();
                leftAtAKill.UnionWith(here);
                Assert.True((await JournalVerifier.VerifyAsync(Path.Combine(data, "journal"), Cancel)).IsWhole, $"life {life + i}");
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"life {life + i}: {death.Kind}; {posts.Acknowledged} of {posts.Sent} posts acknowledged, {watch.Seen.Count} results spooled, {here.Count} in the spool as it died");
            }

            said.Add(await StopAndCompareAsync(scratch, data, posts, seen));
            Assert.Empty(Spooled(data));
            Assert.All(said, s => Assert.DoesNotContain("The hub refused", s, StringComparison.Ordinal));
            Assert.All(said, s => Assert.DoesNotContain("could not", s, StringComparison.Ordinal));
            await VerifyJournalAsync(scratch, data, [.. leftAtAKill, .. watch.Seen]);
            Assert.True(seen.Count > 0 && watch.Seen.Count > 0, "it tested nothing, so nothing was proven of its own tests");
            (acknowledged, sent, own, spooled, left, directories) = (
                acknowledged + posts.Acknowledged, sent + posts.Sent, own + seen.Count, spooled + watch.Seen.Count, left + leftAtAKill.Count, directories + 1);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {seed}: {directories * LivesOfADirectory} kills on {directories} directories, {acknowledged} of {sent} posts acknowledged, {own} counted results of its own seen, {spooled} spooled, {left} in the spool at a kill");
    }

    // One life: what was known is there; then load, and death.
    private static async Task<string> LiveAndDieAsync(string data, Death death, PostingLoad posts, SeenRows seen, SpoolWatch watch)
    {
        await using var monitor = MonitorProcess.Start(Path.GetDirectoryName(data)!, Environment, [.. Arguments, "--data", data]);
        if (death.Kind == DeathKind.WhileStarting)
        {
            await Task.Delay(death.After, Cancel);
        }
        else
        {
            using var api = new MonitorApi(await monitor.UrlAsync(Cancel));
            await posts.VerifyAsync(api, Cancel);
            await seen.ReadAsync(api, death.Some(seen.Orchestrators), Cancel);
            var isDue = 0;
            var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var load = posts.RunAsync(api, death.Posts, () =>
            {
                // On the very thread that read the "ok": what is not on the disk by now is lost.
                if (Volatile.Read(ref isDue) == 1) monitor.Kill();
                acknowledged.TrySetResult();
            }, Cancel);
            await acknowledged.Task.WaitAsync(Cancel);
            await monitor.SaysAsync("Tested ", death.Tests, Cancel);
            await seen.ReadAsync(api, death.Some(OwnOf(await api.BoardAsync(Cancel))), Cancel);
            if (death.Kind == DeathKind.AsSomethingIsSpooled) await watch.NextAsync(Cancel);
            else if (death.Kind == DeathKind.UnderLoad) await Task.Delay(death.After, Cancel);
            else
            {
                Volatile.Write(ref isDue, 1);
                await load;
            }

            Assert.True(death.Kind == DeathKind.AsAPostIsAcknowledged || !load.IsCompleted, "nobody posted any more as it was to be killed");
            monitor.Kill();
            await load;
        }

        monitor.Kill();
        await monitor.ExitAsync(Cancel);
        return monitor.Said;
    }

    private static async Task<string> StopAndCompareAsync(Scratch scratch, string data, PostingLoad posts, SeenRows seen)
    {
        await using var monitor = MonitorProcess.Start(scratch.Path, Environment, [.. Arguments, "--data", data]);
        using var api = new MonitorApi(await monitor.UrlAsync(Cancel));
        await posts.VerifyAsync(api, Cancel);
        var before = await api.BoardAsync(Cancel);
        await seen.ReadAsync(api, OwnOf(before), Cancel);
        await seen.ReadAsync(api, OwnOf(await api.BoardAsync(Cancel)), Cancel);
        before = await api.BoardAsync(Cancel);
        monitor.Signal(SigTerm);
        Assert.Equal(0, await monitor.ExitAsync(Cancel));
        Assert.Contains("Stopped", monitor.Said, StringComparison.Ordinal);

        var copy = scratch.At("copy");
        Copy(data, copy);
        await using var again = MonitorProcess.Start(scratch.Path, Environment, [.. Arguments, "--data", copy]);
        using var apiAgain = new MonitorApi(await again.UrlAsync(Cancel));
        var after = await apiAgain.BoardAsync(Cancel);
        await posts.VerifyAsync(apiAgain, Cancel);
        var later = new SeenRows();
        await later.ReadAsync(apiAgain, OwnOf(before), Cancel);
        var same = 0;
        foreach (var ((orchestrator, region), cell) in before.Where(c => c.Key.Region != PostingLoad.Region))
        {
            // Where a test ended between the two looks the cell has moved on.
            var rows = seen.Of(orchestrator, region).ToList();
            if (rows.Count == 0 || !rows.SequenceEqual(later.Of(orchestrator, region))) continue;
            Assert.Equal(cell, after[(orchestrator, region)]);
            same++;
        }

        Assert.True(same > 0, "no cell could be compared");
        foreach (var cell in before.Where(c => c.Key.Region == PostingLoad.Region)) Assert.Equal(cell.Value, after[cell.Key]);
        return monitor.Said;
    }

    private static async Task VerifyJournalAsync(Scratch scratch, string data, HashSet<string> spooled)
    {
        var report = await JournalVerifier.VerifyAsync(Path.Combine(data, "journal"), Cancel);
        Assert.True(report.IsWhole, report.Files.FirstOrDefault(f => !f.IsWhole)?.FirstFault?.ToString());
        Assert.All(report.Files, f => Assert.Equal(0, f.TornBytes));
        var copy = scratch.At("journal");
        Copy(Path.Combine(data, "journal"), copy);
        await using var store = await JournalResultStore.OpenAsync(copy, TimeProvider.System, null, Cancel);
        var all = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = false }, Cancel)) all.Add(revision);
        Assert.Equal(report.Files.Where(f => f.File.StartsWith("outcomes-", StringComparison.Ordinal)).Sum(f => f.Records), all.Count);
        Assert.Equal(all.Count, all.Select(r => (r.Test, r.Revision)).Distinct().Count());
        foreach (var test in all.GroupBy(r => r.Test)) Assert.Single(test.Select(r => (r.Orchestrator, r.Region, r.TestTime)).Distinct());

        // Whatever a region had measured and spooled when it was killed counts as measured.
        var measured = all.Where(r => r.Revision >= OutcomeRevision.Measured).Select(r => r.Test.Text).ToHashSet();
        var lost = spooled.Except(measured).ToList();
        Assert.True(lost.Count == 0, $"spooled and lost: {string.Join(", ", lost)}");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(
            ", ", all.Where(r => r.Summary?.Posted is null).GroupBy(r => r.Test).Select(t => t.MaxBy(r => r.Revision)!.Outcome.Code).CountBy(c => c).OrderBy(c => c.Key).Select(c => $"{c.Key} {c.Value}")));
    }

    private static List<string> OwnOf(SortedDictionary<(string Orchestrator, string Region), CellScores> board) =>
        [.. board.Keys.Select(k => k.Orchestrator).Distinct().Where(o => !PostingLoad.IsPosted(o))];

    private static IEnumerable<string> Spooled(string data) => Directory.Exists(Path.Combine(data, "spool"))
        ? Directory.EnumerateFiles(Path.Combine(data, "spool"), "*.json", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f)[17..])
        : [];

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static int Number(string variable, int otherwise) =>
        System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
