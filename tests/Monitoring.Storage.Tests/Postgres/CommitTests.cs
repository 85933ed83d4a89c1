using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Storage.Tests.Postgres;

/// <summary>What is inserted and not committed is not acknowledged, and if the commit never comes it was never there.</summary>
public sealed class CommitTests
{
    private readonly VirtualTime _time = new(Samples.Noon);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task Nothing_is_acknowledged_before_its_commit()
    {
        var database = await Database.CreateAsync();
        var commits = await HeldCommits.PrepareAsync(await PostgresServer.SharedAsync(), database.Name);
        await using var store = await PostgresResultStore.OpenAsync(database.Url, new PostgresRetention(), _time, null, Cancel);
        await commits.HoldAsync();
        var appending = store.AppendAsync(Samples.Revision("a"), Samples.Evidence("x"), Cancel);
        await commits.UntilHeldAsync(Cancel);

        // These come while the first batch is held, and wait as the second.
        var behind = Enumerable.Range(0, 300).Select(i => store.AppendAsync(Samples.Revision($"b{i}"), null, Cancel)).ToList();
        Assert.Equal("0", await database.QueryAsync("SELECT count(*) FROM test_result"));
        Assert.False(appending.IsCompleted, "a result was acknowledged before its commit");
        Assert.All(behind, append => Assert.False(append.IsCompleted));

        await commits.LetGoAsync();
        Assert.True(await appending);
        Assert.All(await Task.WhenAll(behind), Assert.True);
        Assert.Equal("301", await database.QueryAsync("SELECT count(*) FROM test_result"));
    }

    [LimitedFact]
    public async Task A_commit_that_does_not_come_is_refused_leaves_nothing_and_the_same_result_is_new_when_it_comes_again()
    {
        var database = await Database.CreateAsync();
        var commits = await HeldCommits.PrepareAsync(await PostgresServer.SharedAsync(), database.Name);
        await using var store = await PostgresResultStore.OpenAsync(database.Url, new PostgresRetention(), _time, null, Cancel);
        await commits.HoldAsync();
        var appending = store.AppendAsync(Samples.Revision("a"), Samples.Evidence("x"), Cancel);
        await commits.UntilHeldAsync(Cancel);
        await commits.EndAsync(appending, Cancel);
        await Assert.ThrowsAsync<StorageFullException>(() => appending);
        await commits.LetGoAsync();
        Assert.Equal("0\t0", await database.QueryAsync("SELECT (SELECT count(*) FROM test_result), (SELECT count(*) FROM test_evidence)"));
        Assert.Empty(await Samples.AllAsync(store));

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await store.AppendAsync(Samples.Revision("a"), Samples.Evidence("x"), Cancel));
        Assert.Equal("1\t1", await database.QueryAsync("SELECT (SELECT count(*) FROM test_result), (SELECT count(*) FROM test_evidence)"));
    }
}
