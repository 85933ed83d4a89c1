using System.Numerics;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Hub;

public sealed class BudgetTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly SpendCaps Caps = new() { PerTest = 10, PerOrchestratorDay = 25, PerRegionDay = 45, PerDay = 1000 };

    private readonly Scratch _scratch = new();
    private KeyedLog _log = null!;
    private Budget _budget = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await OpenAsync(Noon);

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_test_gets_its_cap_less_where_another_cap_leaves_less_and_nothing_where_one_is_reached()
    {
        Assert.Equal([10, 10, 5, null], new[] { await TakeAsync(1, 1), await TakeAsync(2, 1), await TakeAsync(3, 1), await TakeAsync(4, 1) });
        Assert.Equal([10, 10, null], new[] { await TakeAsync(5, 2), await TakeAsync(6, 3), await TakeAsync(7, 4) });
        Assert.Equal(45, _budget.Total);
    }

    [Fact]
    public async Task What_was_not_spent_is_free_again_and_only_once()
    {
        await TakeAsync(1, 1);
        await _budget.SettleAsync(Id(1), 3, Cancel);
        await _budget.SettleAsync(Id(1), 0, Cancel);
        await _budget.SettleAsync(Id(9), 100, Cancel);
        Assert.Equal(3, _budget.Total);
        Assert.Null(await TakeAsync(1, 1));
    }

    [Fact]
    public async Task A_restart_forgets_nothing_that_is_reserved_or_spent()
    {
        await TakeAsync(1, 1);
        await TakeAsync(2, 1);
        await _budget.SettleAsync(Id(1), 3, Cancel);
        await ReopenAsync(Noon.AddHours(1));
        Assert.Equal(13, _budget.Total);
        Assert.Equal(10, await TakeAsync(2, 1));
        Assert.Equal(13, _budget.Total);
        await _budget.SettleAsync(Id(2), 1, Cancel);
        await ReopenAsync(Noon.AddHours(2));
        Assert.Equal(4, _budget.Total);
    }

    [Fact]
    public async Task A_new_day_begins_with_nothing_spent_and_nothing_kept()
    {
        await TakeAsync(1, 1);
        await TakeAsync(2, 1, Noon.AddDays(1));
        Assert.Equal(10, _budget.Total);
        await _budget.SettleAsync(Id(1), 0, Cancel);
        Assert.Equal(10, _budget.Total);
        await ReopenAsync(Noon.AddDays(2));
        Assert.Equal(0, _budget.Total);
        Assert.Empty(_log.Read("spend"));
    }

    [Fact]
    public async Task The_hub_leases_with_an_allowance_and_starts_nothing_beyond_a_cap()
    {
        var who = OrchestratorId.Parse("0x00000000000000000000000000000000000000aa");
        var caps = new SpendCaps { PerTest = 10, PerOrchestratorDay = 10, PerRegionDay = 100, PerDay = 100 };
        await using var hub = await HubUnderTest.StartAsync(caps, null, null, null, [who]);
        var first = Assert.Single(await hub.LeaseSomeAsync(HubUnderTest.Fra));
        Assert.Equal(10, first.Allowance);

        // The next one would be the eleventh wei; when the first gives its allowance back, the one after it may start.
        for (var i = 0; i < 300; i++)
        {
            Assert.Empty(await hub.Hub.LeaseAsync(HubUnderTest.Fra, 10, TimeSpan.Zero, Cancel));
            hub.Time.Advance(TimeSpan.FromSeconds(2));
        }

        await hub.Hub.ReturnAsync(HubUnderTest.Fra, first.Id, OutcomeCode.ShuttingDown, Cancel);
        Assert.Equal(10, Assert.Single(await hub.LeaseSomeAsync(HubUnderTest.Fra)).Allowance);
    }

    [Fact]
    public async Task A_test_whose_result_found_no_room_in_the_spool_keeps_its_whole_allowance()
    {
        await using var hub = await HubUnderTest.StartAsync(new SpendCaps { PerTest = 10, PerOrchestratorDay = 100, PerRegionDay = 100, PerDay = 100 }, null, null, null, [HubUnderTest.Orchestrator(1)]);
        var ran = Assert.Single(await hub.LeaseSomeAsync(HubUnderTest.Fra));
        await hub.Hub.ReturnAsync(HubUnderTest.Fra, ran.Id, OutcomeCode.SpoolFull, Cancel);
        Assert.Equal(10, hub.Hub.Budget!.Total);

        var never = Assert.Single(await hub.LeaseSomeAsync(HubUnderTest.Mdw));
        Assert.Equal(20, hub.Hub.Budget.Total);
        await hub.Hub.ReturnAsync(HubUnderTest.Mdw, never.Id, OutcomeCode.NoWorker, Cancel);
        Assert.Equal(10, hub.Hub.Budget.Total);
    }

    [Fact]
    public async Task A_report_that_the_regions_own_cap_stopped_the_test_is_acknowledged_when_it_is_stored()
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = await HubUnderTest.StartAsync(
            new SpendCaps { PerTest = 10, PerOrchestratorDay = 100, PerRegionDay = 100, PerDay = 100 }, null, null, store => new HeldBack(store, stored.Task), [HubUnderTest.Orchestrator(1)]);
        var job = Assert.Single(await hub.LeaseSomeAsync(HubUnderTest.Fra));
        var result = HubUnderTest.Result(job, received: 0, OutcomeCode.SpendCap);
        var answer = hub.Hub.ReportAsync(result with { Summary = result.Summary with { Spend = new Spend(new Rational(7, 2), 0, 1) } }, Cancel);
        Assert.False(await hub.Hub.ExtendAsync(HubUnderTest.Fra, job.Id, Cancel));
        Assert.Equal(4, hub.Hub.Budget!.Total);
        Assert.False(answer.IsCompleted);
        stored.SetResult();
        Assert.Equal(new ReportAnswer(true, ""), await answer);
    }

    [Fact]
    public async Task Where_nothing_is_paid_no_job_has_an_allowance()
    {
        await using var hub = await HubUnderTest.StartAsync(enrolled: OrchestratorId.Parse("0x00000000000000000000000000000000000000aa"));
        Assert.All(await hub.LeaseSomeAsync(HubUnderTest.Fra), job => Assert.Null(job.Allowance));
    }

    [Fact]
    public async Task A_region_without_a_wallet_takes_nothing_from_those_that_pay()
    {
        await using var hub = await HubUnderTest.StartAsync(Caps, null, null, null, [HubUnderTest.Orchestrator(1)]);
        var free = Assert.Single(await hub.LeaseSomeAsync(HubUnderTest.Fra, unpaid: true));
        Assert.Null(free.Allowance);
        Assert.Equal(0, hub.Hub.Budget!.Total);
        Assert.Equal(10, Assert.Single(await hub.LeaseSomeAsync(HubUnderTest.Mdw)).Allowance);
        Assert.Equal(10, hub.Hub.Budget.Total);
        Assert.True((await hub.Hub.ReportAsync(HubUnderTest.Result(free), Cancel)).Accepted);
        Assert.Equal(10, hub.Hub.Budget.Total);
    }

    private static TestId Id(int number) => TestId.OnDemand(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private async Task<BigInteger?> TakeAsync(int test, int orchestrator, DateTimeOffset? at = null)
    {
        var now = at ?? Noon;
        var job = new TestJob
        {
            Id = Id(test), Orchestrator = OrchestratorId.Parse("0x" + orchestrator.ToString("x40", null)), Region = RegionId.Parse("FRA"), ServiceUri = "https://a.example:8935",
            NotBefore = now, NotAfter = now, Deadline = now,
        };
        return (await _budget.ReserveAsync(job, now, Cancel))?.Allowance;
    }

    private async Task OpenAsync(DateTimeOffset now)
    {
        _log = await KeyedLog.OpenAsync(_scratch.At("state.jsonl"), null, Cancel);
        _budget = await Budget.OpenAsync(Caps, _log, now, Cancel);
    }

    private async Task ReopenAsync(DateTimeOffset now)
    {
        await _log.DisposeAsync();
        await OpenAsync(now);
    }

    /// <summary>A store whose disk answers when a test says so.</summary>
    private sealed class HeldBack(IResultStore inner, Task until) : IResultStore
    {
        public async Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken)
        {
            await until.WaitAsync(cancellationToken);
            return await inner.AppendAsync(revision, evidence, cancellationToken);
        }

        public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => inner.ReadAsync(query, cancellationToken);

        public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => inner.ReadEvidenceAsync(test, testTime, cancellationToken);

        public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => inner.ReadHourlyAsync(from, to, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
