using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Monitoring.Core;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Storage.Tests.Postgres;

/// <summary>The server goes away while results are written, and writers are killed: what was acknowledged is there, and once.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private PostgresServer? _server;
    private PostgresUrl? _url;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PostgresServer Server => _server!;

    private PostgresUrl Url => _url!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        _server = await PostgresServer.StartAsync();
        _url = PostgresUrl.Parse(await _server.CreateDatabaseAsync());
        await new Migrator(_url, MigrationSource.Results).MigrateAsync(null, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [LimitedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_goes_away_under_load_loses_nothing_acknowledged_and_is_written_to_again(bool killed)
    {
        await using var store = await PostgresResultStore.OpenAsync(Url, new PostgresRetention(), TimeProvider.System, null, Cancel);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var acknowledged = new ConcurrentBag<string>();
        int number = 0, refused = 0;
        var writers = Enumerable.Range(0, 100).Select(_ => WriteAsync()).ToList();

        for (var outage = 0; outage < 3; outage++)
        {
            var before = acknowledged.Count;
            await UntilAsync(() => acknowledged.Count > before + 500);
            await (killed ? Server.KillAsync() : Server.StopAsync());
            var refusedBefore = Volatile.Read(ref refused);

            // Everybody who writes is told, and nobody waits for a server that is not there.
            await UntilAsync(() => Volatile.Read(ref refused) > refusedBefore + 200);
            await Assert.ThrowsAnyAsync<IOException>(() => Samples.AllAsync(store));
            if (Soak) await Task.Delay(TimeSpan.FromSeconds(60), Cancel);
            await Server.RestartAsync();
        }

        var last = acknowledged.Count;
        await UntilAsync(() => acknowledged.Count > last + 500);
        await enough.CancelAsync();
        await Task.WhenAll(writers);

        var stored = (await Samples.AllAsync(store)).Select(revision => revision.Test.Text).ToList();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Except(stored));

        // Each writer keeps its result until it is taken, as the hub does.
        async Task WriteAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref number)}");
                var revision = Samples.Revision(id, Samples.Noon.AddSeconds(number % 100_000));
                while (true)
                {
                    try
                    {
                        await store.AppendAsync(revision, Samples.Evidence(id), CancellationToken.None);
                        acknowledged.Add(id);
                        break;
                    }
                    catch (StorageFullException e)
                    {
                        Interlocked.Increment(ref refused);
                        Assert.Contains(Url.Display, e.Message, StringComparison.Ordinal);
                        await Task.Delay(20, Cancel);
                    }
                }
            }
        }
    }

    [LimitedFact]
    public async Task Whoever_closes_the_store_while_the_server_is_away_is_not_held_up()
    {
        var store = await PostgresResultStore.OpenAsync(Url, new PostgresRetention(), TimeProvider.System, null, Cancel);
        await store.AppendAsync(Samples.Revision("a"), null, Cancel);
        await Server.StopAsync();
        var waiting = Enumerable.Range(0, 50).Select(i => store.AppendAsync(Samples.Revision($"t{i}"), null, Cancel)).ToList();
        await store.DisposeAsync();
        foreach (var append in waiting) await Assert.ThrowsAsync<StorageFullException>(() => append);
    }

    [LimitedFact]
    public async Task A_partition_that_somebody_dropped_is_made_again()
    {
        await using var store = await PostgresResultStore.OpenAsync(Url, new PostgresRetention(), TimeProvider.System, null, Cancel);
        await store.AppendAsync(Samples.Revision("a"), Samples.Evidence("x"), Cancel);
        await Server.QueryAsync(Url.Display.Split('/')[^1], "DROP TABLE test_result_20261120; DROP TABLE test_evidence_20261120");
        Assert.True(await store.AppendAsync(Samples.Revision("b"), Samples.Evidence("x"), Cancel));
        Assert.Equal(["b/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
    }

    [LimitedFact]
    public async Task A_database_that_only_takes_reads_refuses_as_a_full_disk_does()
    {
        await using var store = await PostgresResultStore.OpenAsync(Url, new PostgresRetention(), TimeProvider.System, null, Cancel);
        await store.AppendAsync(Samples.Revision("a"), null, Cancel);
        await Server.QueryAsync("postgres", $"ALTER DATABASE {Url.Display.Split('/')[^1]} SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Url.Display.Split('/')[^1]}'");
        var e = await Assert.ThrowsAsync<StorageFullException>(() => store.AppendAsync(Samples.Revision("b"), null, Cancel));
        Assert.Contains("25006", e.Message, StringComparison.Ordinal);
        Assert.Single(await Samples.AllAsync(store));
    }

    [LimitedFact]
    public async Task Every_acknowledged_result_survives_kill_9_of_its_writer_once_with_its_evidence()
    {
        var acknowledged = new HashSet<string>();
        for (var round = 0; round < (Soak ? 50 : 8); round++)
        {
            foreach (var line in await KillAsync(round)) Assert.True(acknowledged.Add(line[1..]), $"{line} was said to be new twice");
        }

        await using var store = await PostgresResultStore.OpenAsync(Url, new PostgresRetention(), TimeProvider.System, null, Cancel);
        var stored = (await Samples.AllAsync(store)).Select(revision => revision.Test.Text).ToList();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Except(stored));
        Assert.Equal($"{stored.Count}", await Server.QueryAsync(Url.Display.Split('/')[^1], "SELECT count(*) FROM test_result JOIN test_evidence USING (test_day, test_id, revision)"));
    }

    // The writer says each result that was acknowledged; it is killed after a random number of them.
    private async Task<List<string>> KillAsync(int round)
    {
#pragma warning disable CA5394 // Seeded by the round.
        var killAfter = new Random(round).Next(1, 2_000);
#pragma warning restore CA5394
        var writer = Path.Combine(AppContext.BaseDirectory.Replace("Monitoring.Storage.Tests", "Monitoring.Storage.CrashWriter", StringComparison.Ordinal), "Monitoring.Storage.CrashWriter.dll");
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, ["exec", writer, "postgres", $"postgres://{PostgresServer.User}@127.0.0.1:{Server.Port}/{Url.Display.Split('/')[^1]}", $"{(round * 1_000_000) + 1}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PGPASSWORD"] = PostgresServer.Password },
        };
        using var process = Process.Start(start)!;
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

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, "It took too long.");
            await Task.Delay(10, Cancel);
        }
    }
}
