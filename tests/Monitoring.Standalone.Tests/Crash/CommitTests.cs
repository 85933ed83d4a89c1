using System.Globalization;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Crash;

/// <summary>
/// A whole monitor on PostgreSQL is killed while the commit of a posted result is held: at the one instant at which an acknowledgement that came
/// too early would be a loss.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class CommitTests
{
    private const string Orchestrator = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Posted = $"SELECT count(*) FROM test_result WHERE region = '{PostingLoad.Region}'";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task A_post_is_not_answered_before_its_commit_and_a_monitor_that_is_killed_before_it_has_counted_nothing()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        var url = PostgresUrl.Parse(await server.CreateDatabaseAsync());
        await new Migrator(url, MigrationSource.Results).MigrateAsync(null, Cancel);
        var name = url.Display.Split('/')[^1];
        var commits = await HeldCommits.PrepareAsync(server, name);
        using var scratch = new Scratch();
        await using (var monitor = Start())
        {
            using var api = new MonitorApi(await monitor.UrlAsync(Cancel));
            Assert.True(await api.PostAsync(Body(1), PostingLoad.Secret, Cancel));
            await commits.HoldAsync();
            var held = api.PostAsync(Body(2), PostingLoad.Secret, Cancel);
            await commits.UntilHeldAsync(Cancel);
            Assert.Equal("1", await server.QueryAsync(name, Posted));
            Assert.False(held.IsCompleted, "a post was acknowledged before its commit");

            monitor.Kill();
            await monitor.ExitAsync(Cancel);
            await commits.UntilNoneAsync(Cancel);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => held);
        }

        await commits.LetGoAsync();
        Assert.Equal("1", await server.QueryAsync(name, Posted));
        await using (var monitor = Start())
        {
            using var api = new MonitorApi(await monitor.UrlAsync(Cancel));
            Assert.Single(await api.RawAsync(Orchestrator, Cancel));
            Assert.True(await api.PostAsync(Body(2), PostingLoad.Secret, Cancel));
            Assert.Equal(2, (await api.RawAsync(Orchestrator, Cancel)).Count);
            Assert.Equal("2", await server.QueryAsync(name, Posted));
        }

        // One test of its own in a day from each region: nothing else waits for a commit.
        MonitorProcess Start() => MonitorProcess.Start(
            scratch.Path, new Dictionary<string, string> { ["MONITOR_Store__Url"] = server.Url(name), ["MONITOR_Post__Secret"] = PostingLoad.Secret },
            "run", "--urls", "http://127.0.0.1:0", "--set", "Simulate:Nodes=1", "--tests-per-day", "1", "--data", scratch.At("data"));

        static string Body(int number) => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"region":"{{PostingLoad.Region}}","orchestrator":"{{Orchestrator}}","success_rate":1,"seg_duration":2,"round_trip_time":0.5,"segments_sent":{{number}},"segments_received":15,"upload_time":0.1,"download_time":0.1,"transcode_time":0.1,"errors":[],"timestamp":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}}""");
    }
}
