using Monitoring.Cluster.State;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Cluster.Tests.Orchestrators;

/// <summary>The decider's shell on the real runtime.</summary>
public sealed class OrchestratorGrainTests
{
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);
    private static readonly RegionId Fra = ClusterUnderTest.Fra;

    [Fact]
    public async Task A_reported_result_is_on_the_board_and_in_the_store()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        var answer = await under.Hub.ReportAsync(ClusterUnderTest.Result(job, received: 30), CancellationToken.None);
        Assert.True(answer.Accepted, answer.Reason);
        var cell = Assert.Single(Assert.Single((await under.BoardAsync()).Rows).Cells, c => c.Region == Fra).Cell;
        Assert.Equal(0.5, cell.SuccessRate);
        Assert.Equal(1 - Math.Exp(-2), cell.RoundTripScore, 12);
        Assert.Equal(OutcomeCode.Partial, (await under.StoredAsync()).Single(r => r.Test == job.Id).Outcome.Code);
        Assert.Equal("192.0.2.1:8935", (await under.Store.ReadEvidenceAsync(job.Id, job.NotBefore, CancellationToken.None))!.DialledAddress);
    }

    [Fact]
    public async Task The_same_report_twice_counts_once()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        Assert.True((await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None)).Accepted);
        Assert.True((await under.Hub.ReportAsync(ClusterUnderTest.Result(job, received: 0), CancellationToken.None)).Accepted);
        var cell = (await under.BoardAsync()).Rows.Single().Cells.Single(c => c.Region == Fra).Cell;
        Assert.Equal((1, 1.0), (cell.Tests, cell.SuccessRate));
    }

    [Fact]
    public async Task A_result_nobody_planned_is_refused()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        var invented = ClusterUnderTest.Result(job) with { Id = TestId.Planned(new DateOnly(2026, 11, 20), 400, Fra, One) };
        Assert.False((await under.Hub.ReportAsync(invented, CancellationToken.None)).Accepted);
        var stranger = ClusterUnderTest.Result(job) with { Orchestrator = ClusterUnderTest.Orchestrator(99) };
        Assert.False((await under.Hub.ReportAsync(stranger, CancellationToken.None)).Accepted);
        Assert.DoesNotContain(await under.StoredAsync(), r => r.Revision == OutcomeRevision.Measured);
    }

    [Fact]
    public async Task A_result_costs_one_write_of_the_state()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        var writes = new List<string>();
        under.Storage.OnWrite = (name, _) =>
        {
            lock (writes) writes.Add(name);
            return null;
        };
        await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None);
        await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None);
        lock (writes) Assert.Equal([StateNames.Orchestrator], writes);
    }

    [Fact]
    public async Task A_state_write_that_fails_runs_no_effect_and_the_next_report_finds_the_grain_well()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        under.Storage.OnWrite = (name, _) => name == StateNames.Orchestrator ? new IOException("the database is away") : null;
        await Assert.ThrowsAsync<Orleans.Runtime.OrleansException>(() => under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None));

        // The lease stands and nothing is shown: as far as anybody can see, the report never came.
        Assert.True(await under.Hub.ExtendAsync(Fra, job.Id, CancellationToken.None));
        Assert.Null(await under.Grain(One).Row());
        under.Storage.OnWrite = (_, _) => null;
        Assert.True((await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None)).Accepted);
        Assert.False(await under.Hub.ExtendAsync(Fra, job.Id, CancellationToken.None));
        Assert.Equal(1, (await under.BoardAsync()).Rows.Single().Cells.Single(c => c.Region == Fra).Cell.Tests);
        Assert.Single(await under.StoredAsync(), r => r.Test == job.Id);
    }

    [Fact]
    public async Task A_report_is_not_acknowledged_while_the_store_is_full_and_nothing_is_leased_meanwhile()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        under.Store.IsFull = true;
        await Assert.ThrowsAsync<StorageFullException>(() => under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None));
        Assert.Null(await under.Grain(One).Row());
        Assert.Empty(await under.Hub.LeaseAsync(ClusterUnderTest.Mdw, 100, TimeSpan.Zero, CancellationToken.None));
        under.Store.IsFull = false;
        Assert.True((await under.Hub.ReportAsync(ClusterUnderTest.Result(job), CancellationToken.None)).Accepted);
        Assert.Single(await under.StoredAsync(), r => r.Test == job.Id);
    }

    [Fact]
    public async Task What_a_grain_holds_survives_its_activation()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        await under.Cluster.DeactivateAsync(under.Grain(One));

        // The lease is known to the next activation: the report is taken, and the test is not handed out again.
        Assert.Empty(await under.Hub.LeaseAsync(Fra, 100, TimeSpan.Zero, CancellationToken.None));
        await under.Hub.ReportAsync(ClusterUnderTest.Result(job, received: 30), CancellationToken.None);
        var before = await under.Grain(One).Row();
        await under.Cluster.DeactivateAsync(under.Grain(One));
        var after = await under.Grain(One).Row();
        Assert.Equal(before!.Cells.AsEnumerable(), after!.Cells);
    }

    [Fact]
    public async Task A_state_that_is_lost_is_made_again_from_the_results()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        for (var i = 0; i < 6; i++)
        {
            var job = (await under.LeaseSomeAsync(Fra, One)).Single();
            await under.Hub.ReportAsync(ClusterUnderTest.Result(job, received: 10 * i), CancellationToken.None);
        }

        await under.Grain(One).Tick();
        var before = await under.Grain(One).Row();
        await under.Cluster.DeactivateAsync(under.Grain(One));
        under.Storage.Remove(StateNames.Orchestrator, under.Grain(One).GetGrainId());
        Assert.Null(await under.Grain(One).Row());
        await under.Grain(One).Enrol(new OrchestratorRecord("https://192.0.2.1:8935", true, new SlotShare("192.0.2.1:8935", 0, 1)), under.Time.GetUtcNow());
        var after = await under.Grain(One).Row();
        Assert.Equal(before!.Cells.Select(c => (c.Region, c.Cell.Score, c.Cell.Tests)), after!.Cells.Select(c => (c.Region, c.Cell.Score, c.Cell.Tests)));
    }

    [Fact]
    public async Task A_document_of_another_schema_is_made_again_from_the_results()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var job = (await under.LeaseSomeAsync(Fra, One)).Single();
        await under.Hub.ReportAsync(ClusterUnderTest.Result(job, received: 30), CancellationToken.None);
        await under.Cluster.DeactivateAsync(under.Grain(One));
        under.Storage.Put(StateNames.Orchestrator, under.Grain(One).GetGrainId(), "{\"Schema\":99}"u8.ToArray());
        await under.Grain(One).Tick();
        Assert.Equal(0.5, (await under.Grain(One).Row())!.Cells.Single(c => c.Region == Fra).Cell.SuccessRate);
    }
}
