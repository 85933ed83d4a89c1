using System.Numerics;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Money;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Money;

/// <summary>Nothing is leased that may not be paid, and nothing that was reserved is forgotten.</summary>
public sealed class BudgetTests
{
    private static readonly OrchestratorId[] All = [.. Enumerable.Range(1, 4).Select(ClusterUnderTest.Orchestrator)];
    private static readonly RegionId Fra = ClusterUnderTest.Fra;

    private static HubRules Rules(int perDay) => ClusterUnderTest.Rules with
    {
        Caps = new SpendCaps { PerTest = 10, PerOrchestratorDay = 1000, PerRegionDay = 1000, PerDay = perDay },
    };

    [Fact]
    public async Task A_lease_carries_what_was_reserved_and_a_report_frees_what_was_not_spent()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, Rules(perDay: 25), All);
        var first = await LeaseAsync(under, 1);
        Assert.Equal(10, first.Allowance);
        Assert.Equal(10, await TotalAsync(under));
        var result = ClusterUnderTest.Result(first);
        result = result with { Summary = result.Summary with { Spend = new Spend(new Rational(7, 2), 1, 1) } };
        Assert.True((await under.Hub.ReportAsync(result, CancellationToken.None)).Accepted);
        Assert.Equal(4, await TotalAsync(under));

        // Reported again, it is settled once.
        Assert.True((await under.Hub.ReportAsync(result, CancellationToken.None)).Accepted);
        Assert.Equal(4, await TotalAsync(under));
        await under.Hub.ReturnAsync(Fra, (await LeaseAsync(under, 1)).Id, OutcomeCode.ShuttingDown, CancellationToken.None);
        Assert.Equal(4, await TotalAsync(under));
    }

    [Fact]
    public async Task Where_a_cap_is_reached_a_test_does_not_start_and_ends_as_not_run()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, Rules(perDay: 25), All);
        var allowances = new List<BigInteger>();
        for (var i = 0; i < 2_000 && !(await under.StoredAsync()).Any(r => r.Outcome.Code == OutcomeCode.SpendCap); i++)
        {
            under.Time.Advance(TimeSpan.FromSeconds(5));
            foreach (var id in All) await under.Grain(id).Tick();
            allowances.AddRange((await under.Hub.LeaseAsync(Fra, 100, TimeSpan.Zero, CancellationToken.None)).Select(j => j.Allowance!.Value));
        }

        Assert.Equal([10, 10, 5], allowances);
        var refused = (await under.StoredAsync()).First(r => r.Outcome.Code == OutcomeCode.SpendCap);
        Assert.Equal(OutcomeClass.NotRun, refused.Outcome.Class);
        Assert.False(await under.Hub.ExtendAsync(Fra, refused.Test, CancellationToken.None));
    }

    [Fact]
    public async Task While_nothing_can_be_written_down_nothing_is_leased()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, Rules(perDay: 1000), All);
        under.Spending.IsAway = true;
        for (var i = 0; i < 120; i++)
        {
            under.Time.Advance(TimeSpan.FromSeconds(5));
            foreach (var id in All) await under.Grain(id).Tick();
            Assert.Empty(await under.Hub.LeaseAsync(Fra, 100, TimeSpan.Zero, CancellationToken.None));
        }

        Assert.Contains(await under.StoredAsync(), r => r.Outcome.Code == OutcomeCode.SpendCap);
        under.Spending.IsAway = false;
        Assert.Equal(10, (await LeaseAsync(under, 1)).Allowance);
    }

    [Fact]
    public async Task A_silo_that_dies_takes_no_cap_with_it()
    {
        await using var under = await ClusterUnderTest.StartAsync(3, Rules(perDay: 60), All);
        BigInteger granted = 0;
        for (var i = 0; i < 240; i++)
        {
            if (i is 20 or 60)
            {
                var budget = (await under.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).FirstOrDefault(s => s.GrainId.Type.ToString() == "budget")?.SiloAddress;
                var silo = under.Cluster.Silos.FirstOrDefault(s => s.IsActive && s.SiloAddress.Equals(budget));
                if (silo is not null && under.Cluster.GetActiveSilos().Count() > 1) await under.Cluster.KillSiloAsync(silo);
            }

            under.Time.Advance(TimeSpan.FromSeconds(10));
            foreach (var id in All) await TryAsync(() => under.Grain(id).Tick());
            await TryAsync(async () =>
            {
                foreach (var job in await under.Hub.LeaseAsync(Fra, 100, TimeSpan.Zero, CancellationToken.None)) granted += job.Allowance!.Value;
            });
        }

        Assert.True(under.Cluster.GetActiveSilos().Count() < 3, "Nobody was killed.");
        Assert.InRange(granted, 30, 60);
        Assert.Equal(60, await TotalAsync(under));
    }

    [Fact]
    public async Task Of_two_who_keep_the_day_one_is_refused_and_goes_on_with_what_the_other_wrote()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, Rules(perDay: 25), All);
        var budget = under.Grains.GetGrain<IBudgetGrain>(0);
        var test = TestId.Planned(new DateOnly(2026, 11, 20), 1, Fra, All[0]);
        Assert.Equal(["10"], await budget.Reserve([new SpendRequest { Test = test, Orchestrator = All[0], Region = Fra }]));

        // Another activation, somewhere, reserved meanwhile.
        var other = TestId.Planned(new DateOnly(2026, 11, 20), 2, Fra, All[1]);
        await under.Spending.WriteAsync(new DateOnly(2026, 11, 20), 1, [new SpendReservation(other, All[1], Fra, 10, false)], CancellationToken.None);
        var third = TestId.Planned(new DateOnly(2026, 11, 20), 3, Fra, All[2]);
        await Assert.ThrowsAnyAsync<Exception>(() => budget.Reserve([new SpendRequest { Test = third, Orchestrator = All[2], Region = Fra }]));
        Assert.Equal(["5"], await budget.Reserve([new SpendRequest { Test = third, Orchestrator = All[2], Region = Fra }]));
    }

    [Fact]
    public async Task The_next_day_begins_with_nothing_spent_and_a_late_report_settles_its_own()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, Rules(perDay: 25), All);
        var budget = under.Grains.GetGrain<IBudgetGrain>(0);
        var test = TestId.Planned(new DateOnly(2026, 11, 20), 1, Fra, All[0]);
        await budget.Reserve([new SpendRequest { Test = test, Orchestrator = All[0], Region = Fra }]);
        under.Time.Advance(TimeSpan.FromHours(12));
        var next = TestId.Planned(new DateOnly(2026, 11, 21), 1, Fra, All[0]);
        await budget.Reserve([new SpendRequest { Test = next, Orchestrator = All[0], Region = Fra }]);
        await under.Cluster.DeactivateAsync(budget);
        await budget.Settle(test, "3");
        Assert.Equal(3, await TotalAsync(under, new DateOnly(2026, 11, 20)));
        Assert.Equal(10, await TotalAsync(under, new DateOnly(2026, 11, 21)));
    }

    [Fact]
    public async Task A_region_without_a_wallet_takes_nothing_from_those_that_pay()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, Rules(perDay: 25), All);
        var free = await LeaseAsync(under, 1, unpaid: true);
        Assert.Null(free.Allowance);
        Assert.Equal(0, await TotalAsync(under));
        Assert.True((await under.Hub.ReportAsync(ClusterUnderTest.Result(free), CancellationToken.None)).Accepted);
        Assert.Equal(10, (await LeaseAsync(under, 1)).Allowance);
        Assert.Equal(10, await TotalAsync(under));
    }

    private static async Task<TestJob> LeaseAsync(ClusterUnderTest under, int workers, bool unpaid = false)
    {
        for (var i = 0; i < 2_000; i++)
        {
            var jobs = await under.Hub.LeaseAsync(Fra, workers, TimeSpan.Zero, CancellationToken.None, unpaid);
            if (!jobs.IsEmpty) return jobs[0];
            under.Time.Advance(TimeSpan.FromSeconds(1));
            foreach (var id in All) await under.Grain(id).Tick();
        }

        throw new InvalidOperationException("Nothing was to be leased.");
    }

    private static async Task<BigInteger> TotalAsync(ClusterUnderTest under, DateOnly? day = null) =>
        (await under.Spending.ReadAsync(day ?? new DateOnly(2026, 11, 20), CancellationToken.None)).Entries.Aggregate(BigInteger.Zero, (sum, e) => sum + e.Wei);

    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (e is Orleans.Runtime.OrleansException or TimeoutException or InvalidOperationException)
        {
        }
    }
}
