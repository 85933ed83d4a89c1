using Monitoring.Core;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Crash;

/// <summary>
/// The lives of one monitor on one data directory, on its simulated network, whatever store it has: each under load and ended by SIGKILL, and
/// what those who used it remember of it.
/// </summary>
internal sealed class Lives : IDisposable
{
    private const int SigTerm = 15;

    // No surprises, whose places take seconds to find in so full a day: lives are short.
    // Short tests of many nodes, spread over half of each slot: results keep coming.
    private static readonly string[] Arguments =
    [
        "run", "--urls", "http://127.0.0.1:0", "--set", "Simulate:Nodes=63", "--set", "Schedule:SurpriseOneIn=0", "--set", "Tests:Segments=1", "--tests-per-day", "650",
        "--set", "Schedule:GuardSeconds=22", "--set", "Schedule:TestBudgetSeconds=20",
    ];

    private readonly Scratch _scratch;
    private readonly string _data;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly SeenRows _seen = new();
    private readonly HashSet<string> _leftAtAKill = [];
    private readonly List<string> _said = [];
    private readonly SpoolWatch _watch;

    /// <param name="scratch">Holds the data directory.</param>
    /// <param name="store">Settings of its store, by the names of the environment.</param>
    public Lives(Scratch scratch, IReadOnlyDictionary<string, string> store)
    {
        _scratch = scratch;
        _data = scratch.At("data");
        _environment = new Dictionary<string, string>(store) { ["MONITOR_Post__Secret"] = PostingLoad.Secret };
        Directory.CreateDirectory(Path.Combine(_data, "spool"));
        _watch = new SpoolWatch(Path.Combine(_data, "spool"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The testers of another region.</summary>
    public PostingLoad Posts { get; } = new();

    /// <summary>Counted results of its own that were seen.</summary>
    public int Own => _seen.Count;

    /// <summary>Results of its own that were spooled.</summary>
    public int Spooled => _watch.Seen.Count;

    /// <summary>Results that were in the spool as it was killed.</summary>
    public int LeftAtAKill => _leftAtAKill.Count;

    /// <summary>One life: what was known is there; then load, and death.</summary>
    public async Task LiveAndDieAsync(Death death)
    {
        await using (var monitor = MonitorProcess.Start(_scratch.Path, _environment, [.. Arguments, "--data", _data]))
        {
            if (death.Kind == DeathKind.WhileStarting) await Task.Delay(death.After, Cancel);
            else await WorkUntilAsync(death, monitor);
            monitor.Kill();
            await monitor.ExitAsync(Cancel);
            _said.Add(monitor.Said);
        }

        var here = InTheSpool().ToList();
        _leftAtAKill.UnionWith(here);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{death.Kind}; {Posts.Acknowledged} of {Posts.Sent} posts acknowledged, {Spooled} results spooled, {here.Count} in the spool as it died");
    }

    /// <summary>A last life that ends as asked: all is there, and a monitor on a copy shows the same windows.</summary>
    /// <param name="copyStore">Copies what is kept outside the data directory, and gives the settings of the copy.</param>
    public async Task StopAndCompareAsync(Func<Task<Dictionary<string, string>>> copyStore)
    {
        await using var monitor = MonitorProcess.Start(_scratch.Path, _environment, [.. Arguments, "--data", _data]);
        using var api = new MonitorApi(await monitor.UrlAsync(Cancel));
        await Posts.VerifyAsync(api, Cancel);
        await _seen.ReadAsync(api, OwnOf(await api.BoardAsync(Cancel)), Cancel);
        await _seen.ReadAsync(api, OwnOf(await api.BoardAsync(Cancel)), Cancel);
        var before = await api.BoardAsync(Cancel);
        monitor.Signal(SigTerm);
        Assert.Equal(0, await monitor.ExitAsync(Cancel));
        Assert.Contains("Stopped", monitor.Said, StringComparison.Ordinal);
        _said.Add(monitor.Said);

        var copy = _scratch.At("copy");
        Copy(_data, copy);
        var environment = new Dictionary<string, string>(await copyStore()) { ["MONITOR_Post__Secret"] = PostingLoad.Secret };
        await using var again = MonitorProcess.Start(_scratch.Path, environment, [.. Arguments, "--data", copy]);
        using var apiAgain = new MonitorApi(await again.UrlAsync(Cancel));
        await CompareAsync(before, apiAgain);
        Assert.Empty(InTheSpool());
        Assert.All(_said, s => Assert.DoesNotContain("The hub refused", s, StringComparison.Ordinal));
        Assert.All(_said, s => Assert.DoesNotContain("could not", s, StringComparison.Ordinal));
    }

    /// <summary>Finds every revision once, and of each result that was ever spooled the measured one.</summary>
    /// <param name="all">All revisions that are stored.</param>
    public void VerifyRevisions(IReadOnlyCollection<OutcomeRevision> all)
    {
        Assert.Equal(all.Count, all.Select(r => (r.Test, r.Revision)).Distinct().Count());
        foreach (var test in all.GroupBy(r => r.Test)) Assert.Single(test.Select(r => (r.Orchestrator, r.Region, r.TestTime)).Distinct());

        // Whatever a region had measured and spooled when it was killed counts as measured.
        var measured = all.Where(r => r.Revision >= OutcomeRevision.Measured).Select(r => r.Test.Text).ToHashSet();
        var lost = _leftAtAKill.Concat(_watch.Seen).Except(measured).ToList();
        Assert.True(lost.Count == 0, $"spooled and lost: {string.Join(", ", lost)}");
        Assert.True(Own > 0 && Spooled > 0, "it tested nothing, so nothing was proven of its own tests");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(
            ", ", all.Where(r => r.Summary?.Posted is null).GroupBy(r => r.Test).Select(t => t.MaxBy(r => r.Revision)!.Outcome.Code).CountBy(c => c).OrderBy(c => c.Key).Select(c => $"{c.Key} {c.Value}")));
    }

    public void Dispose() => _watch.Dispose();

    /// <summary>Copies a folder with all that is in it.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private async Task WorkUntilAsync(Death death, MonitorProcess monitor)
    {
        using var api = new MonitorApi(await monitor.UrlAsync(Cancel));
        await Posts.VerifyAsync(api, Cancel);
        await _seen.ReadAsync(api, death.Some(_seen.Orchestrators), Cancel);
        var isDue = 0;
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = Posts.RunAsync(api, death.Posts, () =>
        {
            // On the very thread that read the "ok": what is not on the disk by now is lost.
            if (Volatile.Read(ref isDue) == 1) monitor.Kill();
            acknowledged.TrySetResult();
        }, Cancel);
        await acknowledged.Task.WaitAsync(Cancel);
        await monitor.SaysAsync("Tested ", death.Tests, Cancel);
        await _seen.ReadAsync(api, death.Some(OwnOf(await api.BoardAsync(Cancel))), Cancel);
        if (death.Kind == DeathKind.AsSomethingIsSpooled) await _watch.NextAsync(Cancel);
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

    private async Task CompareAsync(SortedDictionary<(string Orchestrator, string Region), CellScores> before, MonitorApi api)
    {
        var after = await api.BoardAsync(Cancel);
        await Posts.VerifyAsync(api, Cancel);
        var later = new SeenRows();
        await later.ReadAsync(api, OwnOf(before), Cancel);
        var same = 0;
        foreach (var ((orchestrator, region), cell) in before.Where(c => c.Key.Region != PostingLoad.Region))
        {
            // Where a test ended between the two looks the cell has moved on.
            var rows = _seen.Of(orchestrator, region).ToList();
            if (rows.Count == 0 || !rows.SequenceEqual(later.Of(orchestrator, region))) continue;
            Assert.Equal(cell, after[(orchestrator, region)]);
            same++;
        }

        Assert.True(same > 0, "no cell could be compared");
        foreach (var cell in before.Where(c => c.Key.Region == PostingLoad.Region)) Assert.Equal(cell.Value, after[cell.Key]);
    }

    private static List<string> OwnOf(SortedDictionary<(string Orchestrator, string Region), CellScores> board) =>
        [.. board.Keys.Select(k => k.Orchestrator).Distinct().Where(o => !PostingLoad.IsPosted(o))];

    private IEnumerable<string> InTheSpool() =>
        Directory.EnumerateFiles(Path.Combine(_data, "spool"), "*.json", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f)[17..]);
}
