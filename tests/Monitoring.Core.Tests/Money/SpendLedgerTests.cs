using System.Numerics;
using System.Text.Json;

namespace Monitoring.Core.Tests.Money;

public sealed class SpendLedgerTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly RegionId Mdw = RegionId.Parse("MDW");
    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private static readonly SpendCaps Caps = new() { PerTest = 10, PerOrchestratorDay = 25, PerRegionDay = 40, PerDay = 60 };

    [Fact]
    public void Each_cap_bounds_what_is_left_and_the_last_test_gets_less()
    {
        var ledger = SpendLedger.Of(Day);
        Assert.Equal([10, 10, 5, 0], Enumerable.Range(0, 4).Select(i => Take(i, 1, Mdw)));
        Assert.Equal([10, 5, 0], Enumerable.Range(4, 3).Select(i => Take(i, 2, Mdw)));
        Assert.Equal([10, 10, 0], Enumerable.Range(7, 3).Select(i => Take(i, 3, Fra)));
        Assert.Equal(60, ledger.Total);

        int Take(int test, int orchestrator, RegionId region)
        {
            (ledger, var allowance) = ledger.Reserve(Test(test), Orchestrator(orchestrator), region, Caps);
            return (int)allowance;
        }
    }

    [Fact]
    public void What_is_left_of_a_reservation_is_free_again()
    {
        var (ledger, _) = SpendLedger.Of(Day).Reserve(Test(1), Orchestrator(1), Mdw, Caps);
        Assert.Equal((1, 10), (ledger.Open, (int)ledger.Total));
        ledger = ledger.Settle(Test(1), 3);
        Assert.Equal((0, 3, 3, 3), (ledger.Open, (int)ledger.Total, (int)ledger.On(Orchestrator(1)), (int)ledger.By(Mdw)));
        Assert.Same(ledger, ledger.Settle(Test(1), 9));
        Assert.Same(ledger, ledger.Settle(Test(2), 9));
        Assert.Equal(0, ledger.Reserve(Test(1), Orchestrator(1), Mdw, Caps).Allowance);
    }

    [Fact]
    public void The_same_test_gets_what_it_has()
    {
        var (ledger, first) = SpendLedger.Of(Day).Reserve(Test(1), Orchestrator(1), Mdw, Caps);
        var (same, second) = ledger.Reserve(Test(1), Orchestrator(1), Mdw, Caps with { PerTest = 1 });
        Assert.Equal(first, second);
        Assert.Same(ledger, same);
    }

    [Fact]
    public void A_report_of_more_than_was_reserved_counts_and_of_less_than_nothing_does_not()
    {
        var (ledger, _) = SpendLedger.Of(Day).Reserve(Test(1), Orchestrator(1), Mdw, Caps);
        Assert.Equal(17, ledger.Settle(Test(1), 17).Total);
        Assert.Equal(0, ledger.Settle(Test(1), -5).Total);
    }

    [Fact]
    public void What_was_spent_without_a_reservation_counts_once()
    {
        var ledger = SpendLedger.Of(Day).Record(Test(1), Orchestrator(1), Mdw, 7);
        Assert.Equal(7, ledger.Record(Test(1), Orchestrator(1), Mdw, 7).Total);
        var (reserved, _) = ledger.Reserve(Test(2), Orchestrator(1), Mdw, Caps);
        Assert.Equal(8, reserved.Record(Test(2), Orchestrator(1), Mdw, 1).Total);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void A_cap_of_nothing_lets_nothing_start(int cap)
    {
        var (ledger, allowance) = SpendLedger.Of(Day).Reserve(Test(1), Orchestrator(1), Mdw, Caps with { PerDay = cap });
        Assert.Equal((0, 0), ((int)allowance, (int)ledger.Total));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_order_of_events_breaks_a_cap_or_loses_a_wei_and_a_restart_changes_nothing(ulong seed)
    {
        var random = new SplitMix(seed);
        var ledger = SpendLedger.Of(Day);
        var reference = new Dictionary<TestId, (int Orchestrator, RegionId Region, BigInteger Wei, bool Settled)>();
        for (var step = 0; step < 2000; step++)
        {
            var number = Next(300);
            var (test, orchestrator, region) = (Test(number), (number % 7) + 1, number % 2 == 0 ? Mdw : Fra);
            var caps = new SpendCaps { PerTest = 1_000, PerOrchestratorDay = 9_000, PerRegionDay = 20_000, PerDay = 35_000 };
            if (Next(2) == 0)
            {
                (ledger, var allowance) = ledger.Reserve(test, Orchestrator(orchestrator), region, caps);
                if (!reference.ContainsKey(test) && allowance > 0) reference[test] = (orchestrator, region, allowance, false);
                Assert.True(ledger.Total <= caps.PerDay && ledger.On(Orchestrator(orchestrator)) <= caps.PerOrchestratorDay && ledger.By(region) <= caps.PerRegionDay);
            }
            else if (reference.TryGetValue(test, out var known) && !known.Settled)
            {
                var spent = (BigInteger)Next((int)known.Wei + 1);
                ledger = ledger.Settle(test, spent);
                reference[test] = known with { Wei = spent, Settled = true };
            }

            if (Next(50) == 0) ledger = SpendLedger.Restore(Day, JsonSerializer.Deserialize<SpendReservation[]>(JsonSerializer.Serialize(ledger.Entries))!);
            Assert.Equal(Sum(_ => true), ledger.Total);
            Assert.Equal(Sum(entry => entry.Orchestrator == orchestrator), ledger.On(Orchestrator(orchestrator)));
            Assert.Equal(Sum(entry => entry.Region == region), ledger.By(region));
            Assert.Equal(reference.Values.Count(entry => !entry.Settled), ledger.Open);
        }

        Assert.Contains(reference.Values, entry => entry.Settled);

        int Next(int below) => (int)(random.Next() % (ulong)below);

        BigInteger Sum(Func<(int Orchestrator, RegionId Region, BigInteger Wei, bool Settled), bool> which) =>
            reference.Values.Where(which).Aggregate(BigInteger.Zero, (sum, entry) => sum + entry.Wei);
    }

    [Fact]
    public void A_broken_record_of_a_day_is_refused()
    {
        var entry = new SpendReservation(Test(1), Orchestrator(1), Mdw, 1, false);
        Assert.Throws<ArgumentException>(() => SpendLedger.Restore(Day, [entry, entry]));
        Assert.Throws<ArgumentException>(() => SpendLedger.Restore(Day, [entry with { Wei = -1 }]));
    }

    private static TestId Test(int number) => TestId.OnDemand("t" + number);

    private static OrchestratorId Orchestrator(int number) => OrchestratorId.Parse($"0x{number:x40}");
}
