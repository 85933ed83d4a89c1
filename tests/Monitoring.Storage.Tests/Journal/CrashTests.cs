using System.Diagnostics;
using System.Globalization;

namespace Monitoring.Storage.Tests.Journal;

/// <summary>A real process writes, and is killed with SIGKILL at random instants.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Kills = 20;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task Every_acknowledged_result_survives_kill_9_once_and_the_chain_stays_whole()
    {
        var acknowledged = new HashSet<string>();
        for (var round = 0; round < Kills; round++)
        {
            foreach (var line in await KillAsync("outcomes", round)) Assert.True(acknowledged.Add(line[1..]), $"{line} was said to be new twice");
            using var directory = StateDirectory.Open(_folder.FolderPath, TimeProvider.System);
            Assert.True((await JournalVerifier.VerifyAsync(directory.Journal, Cancel)).IsWhole, $"round {round}");
        }

        await using var store = await JournalResultStore.OpenAsync(_folder.File("journal"), TimeProvider.System, null, Cancel);
        var stored = (await Samples.AllAsync(store)).Select(revision => revision.Test.Text).ToList();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.True(acknowledged.Count >= Kills);
        Assert.Empty(acknowledged.Except(stored));
        Assert.DoesNotContain(store.Faults, fault => fault.Kind != JournalFaultKind.TornLine);
        // Evidence is synced first, so no outcome may be without it.
        var evidence = Directory.EnumerateFiles(_folder.File("journal"), "evidence-*").SelectMany(File.ReadLines)
            .Select(line => line.Split("\"test\":\"")[1].Split('"')[0]).ToHashSet();
        Assert.Empty(stored.Except(evidence));
    }

    [Fact(Timeout = 300_000)]
    public async Task Every_spooled_result_survives_kill_9_until_it_is_removed()
    {
        HashSet<string> kept = [], maybe = [], removed = [];
        for (var round = 0; round < Kills; round++)
        {
            foreach (var line in await KillAsync("spool", round)) (line[0] switch { '+' => kept, '?' => maybe, _ => removed }).Add(line[1..]);
        }

        await using var spool = FileSpool.Open(_folder.File("spool"), SpoolFormat.TestResult, new SpoolBounds(), TimeProvider.System, null);
        var waiting = (await spool.PeekAsync(int.MaxValue, Cancel)).Select(item => item.Id.Text).ToList();
        Assert.Empty(spool.Faults);
        Assert.Equal(waiting.Count, waiting.Distinct().Count());
        Assert.True(kept.Count >= Kills);
        Assert.Empty(kept.Except(maybe).Except(waiting));
        Assert.Empty(removed.Intersect(waiting));
        Assert.Empty(Directory.EnumerateFiles(_folder.File("spool"), "*.tmp"));
    }

    [Fact(Timeout = 300_000)]
    public async Task Every_acknowledged_state_survives_kill_9_also_while_the_log_is_shortened()
    {
        var last = new Dictionary<string, int>();
        for (var round = 0; round < Kills; round++)
        {
            foreach (var line in await KillAsync("state", round))
            {
                var parts = line[1..].Split('=');
                last[parts[0]] = int.Parse(parts[1], CultureInfo.InvariantCulture);
            }

            await using var log = await KeyedLog.OpenAsync(_folder.File("state.jsonl"), null, Cancel);
            foreach (var (key, number) in last)
            {
                var json = log.Find("count", key)!;
                var found = int.Parse(json.AsSpan(1, json.IndexOf(',', StringComparison.Ordinal) - 1), CultureInfo.InvariantCulture);
                // At most the one change that was under way may be newer than what was acknowledged.
                Assert.InRange(found, number, number + 4);
                last[key] = found;
            }

            Assert.True(log.Faults.All(fault => fault.Kind == JournalFaultKind.TornLine));
        }

        Assert.True(new FileInfo(_folder.File("state.jsonl")).Length < 4 << 20);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_directory_that_another_process_holds_is_refused_with_its_number_and_free_once_that_is_killed()
    {
        using var process = Start("lock", 1);
        Assert.Equal("locked", await process.StandardOutput.ReadLineAsync(Cancel));
        var e = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(_folder.FolderPath, TimeProvider.System));
        Assert.Contains($"process {process.Id} ", e.Message, StringComparison.Ordinal);
        process.Kill();
        await process.WaitForExitAsync(Cancel);
        StateDirectory.Open(_folder.FolderPath, TimeProvider.System).Dispose();
    }

    [Fact(Timeout = 300_000)]
    public async Task Another_process_is_refused_a_directory_that_this_one_holds()
    {
        using var directory = StateDirectory.Open(_folder.FolderPath, TimeProvider.System);
        using var process = Start("lock", 1);
        var message = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(3, process.ExitCode);
        Assert.Contains(_folder.FolderPath, message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} ", message, StringComparison.Ordinal);
    }

    // Starts the writer, kills it after a random number of lines, and gives all that it said.
    private async Task<List<string>> KillAsync(string what, int round)
    {
#pragma warning disable CA5394 // Seeded by the round.
        var killAfter = new Random(round).Next(1, 80);
#pragma warning restore CA5394
        using var process = Start(what, (round * 1_000_000) + 1);
        var lines = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                lines.Add(line);
                if (lines.Count == killAfter) process.Kill();
            }
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        await process.WaitForExitAsync(Cancel);
        Assert.True(lines.Count >= killAfter, await process.StandardError.ReadToEndAsync(Cancel));
        return lines;
    }

    private Process Start(string what, int first)
    {
        // …/tests/Monitoring.Storage.Tests/bin/Release/net10.0/ -> the writer's, built beside it.
        var writer = Path.Combine(
            AppContext.BaseDirectory.Replace("Monitoring.Storage.Tests", "Monitoring.Storage.CrashWriter", StringComparison.Ordinal), "Monitoring.Storage.CrashWriter.dll");
        Assert.True(File.Exists(writer), writer);
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        return Process.Start(new ProcessStartInfo(host, ["exec", writer, what, _folder.FolderPath, first.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
