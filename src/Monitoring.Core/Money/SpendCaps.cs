using System.Numerics;

namespace Monitoring.Core;

/// <summary>The most that may be spent, in wei of expected value. Reserved before a test is leased, so that no run of bad luck breaks one.</summary>
public sealed record SpendCaps
{
    /// <summary>By one test.</summary>
    public required BigInteger PerTest { get; init; }

    /// <summary>On one orchestrator in a UTC day, over all regions.</summary>
    public required BigInteger PerOrchestratorDay { get; init; }

    /// <summary>By one region in a UTC day.</summary>
    public required BigInteger PerRegionDay { get; init; }

    /// <summary>By everything in a UTC day: the global breaker.</summary>
    public required BigInteger PerDay { get; init; }
}

/// <summary>
/// The ledger of one UTC day: what is reserved for tests under way and what was spent. Pure; a reservation counts as spent until the test
/// reports, and for good if it never does.
/// </summary>
public sealed class SpendLedger
{
    private readonly ImmutableDictionary<TestId, Entry> _reserved;
    private readonly ImmutableDictionary<OrchestratorId, BigInteger> _byOrchestrator;
    private readonly ImmutableDictionary<RegionId, BigInteger> _byRegion;

    private SpendLedger(
        DateOnly day, BigInteger total, ImmutableDictionary<TestId, Entry> reserved,
        ImmutableDictionary<OrchestratorId, BigInteger> byOrchestrator, ImmutableDictionary<RegionId, BigInteger> byRegion)
    {
        Day = day;
        Total = total;
        _reserved = reserved;
        _byOrchestrator = byOrchestrator;
        _byRegion = byRegion;
    }

    /// <summary>The UTC day.</summary>
    public DateOnly Day { get; }

    /// <summary>Reserved and spent by everything, wei.</summary>
    public BigInteger Total { get; }

    /// <summary>Tests that hold a reservation.</summary>
    public int Open => _reserved.Count(r => !r.Value.Settled);

    /// <summary>A day on which nothing was spent.</summary>
    public static SpendLedger Of(DateOnly day) => new(
        day, BigInteger.Zero, ImmutableDictionary<TestId, Entry>.Empty, ImmutableDictionary<OrchestratorId, BigInteger>.Empty, ImmutableDictionary<RegionId, BigInteger>.Empty);

    /// <summary>Reserved and spent on an orchestrator, wei.</summary>
    public BigInteger On(OrchestratorId orchestrator) => _byOrchestrator.GetValueOrDefault(orchestrator);

    /// <summary>Reserved and spent by a region, wei.</summary>
    public BigInteger By(RegionId region) => _byRegion.GetValueOrDefault(region);

    /// <summary>
    /// Reserves the cap of one test, or less where another cap leaves less; nothing where a cap is reached. The same test again gets what it
    /// has.
    /// </summary>
    /// <returns>The ledger, and the allowance in wei: 0 means that the test must not start.</returns>
    public (SpendLedger Next, BigInteger Allowance) Reserve(TestId test, OrchestratorId orchestrator, RegionId region, SpendCaps caps)
    {
        if (_reserved.TryGetValue(test, out var known)) return (this, known.Settled ? BigInteger.Zero : known.Wei);
        var allowance = new[] { caps.PerTest, caps.PerOrchestratorDay - On(orchestrator), caps.PerRegionDay - By(region), caps.PerDay - Total }.Min();
        return allowance.Sign <= 0 ? (this, BigInteger.Zero) : (Change(test, new Entry(orchestrator, region, allowance, false), allowance), allowance);
    }

    /// <summary>
    /// A test reported what it spent: what is left of its reservation is free again. More than the reservation is written down as it is. A
    /// second report changes nothing.
    /// </summary>
    public SpendLedger Settle(TestId test, BigInteger spent)
    {
        if (!_reserved.TryGetValue(test, out var entry) || entry.Settled) return this;
        spent = BigInteger.Max(BigInteger.Zero, spent);
        return Change(test, entry with { Wei = spent, Settled = true }, spent - entry.Wei);
    }

    private SpendLedger Change(TestId test, Entry entry, BigInteger difference) => new(
        Day,
        Total + difference,
        _reserved.SetItem(test, entry),
        _byOrchestrator.SetItem(entry.Orchestrator, On(entry.Orchestrator) + difference),
        _byRegion.SetItem(entry.Region, By(entry.Region) + difference));

    private readonly record struct Entry(OrchestratorId Orchestrator, RegionId Region, BigInteger Wei, bool Settled);
}
