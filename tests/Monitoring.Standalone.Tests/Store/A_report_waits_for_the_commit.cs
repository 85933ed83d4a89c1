using Monitoring.Standalone.Tests.Hub;
using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Store;

/// <summary>The hub on PostgreSQL, whose commit is held between the insertion and its end.</summary>
public sealed class A_report_waits_for_the_commit
{
    private const string Measured = "SELECT count(*) FROM test_result WHERE revision > 0";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task It_is_unanswered_until_then_and_where_the_commit_never_came_nothing_is_counted()
    {
        var database = await ADatabase.CreateAsync();
        var commits = await HeldCommits.PrepareAsync(await PostgresServer.SharedAsync(), database.Url.Display.Split('/')[^1]);
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var journals = new List<IResultStore>();
        using var scratch = new Scratch();
        Core.TestResult result;
        await using (var hub = await StartAsync())
        {
            result = HubUnderTest.Result((await hub.LeaseSomeAsync(HubUnderTest.Fra))[0]);
            await commits.HoldAsync();
            var reporting = hub.Hub.ReportAsync(result, Cancel);
            await commits.UntilHeldAsync(Cancel);
            Assert.Equal("0", await database.QueryAsync(Measured));
            Assert.False(reporting.IsCompleted, "the report was answered before the commit");

            await commits.EndAsync(reporting, Cancel);
            await Assert.ThrowsAsync<StorageFullException>(() => reporting);
        }

        // It died with the commit still owed: who comes after it counts nothing, until the region reports again.
        await commits.LetGoAsync();
        await using (var hub = await StartAsync())
        {
            Assert.Equal("0", await database.QueryAsync(Measured));
            Assert.Equal(0, Tests(await hub.SettledBoardAsync()));
            Assert.True((await hub.Hub.ReportAsync(result, Cancel)).Accepted);
            Assert.Equal("1", await database.QueryAsync(Measured));
            Assert.Equal(1, Tests(await hub.SettledBoardAsync()));
        }

        foreach (var journal in journals) await journal.DisposeAsync();

        async Task<HubUnderTest> StartAsync()
        {
            var store = await database.OpenAsync(time);
            return await HubUnderTest.StartAsync(scratch, time, journal => { journals.Add(journal); return store; }, HubUnderTest.Orchestrator(1));
        }

        static int Tests(Core.LeaderboardSnapshot board) => board.Rows.SelectMany(row => row.Cells).Sum(cell => cell.Cell.Tests);
    }
}
