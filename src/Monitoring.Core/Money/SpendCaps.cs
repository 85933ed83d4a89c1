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
/// reports, and for good if it never does. A test belongs to the day of its reservation: its report settles that day's ledger, whenever it
/// comes. <see cref="Entries"/> and <see cref="Restore"/> carry it over a restart.
/// </summary>
public sealed class SpendLedger
{
    private readonly ImmutableDictionary<TestId, SpendReservation> _reserved;
    private readonly ImmutableDictionary<OrchestratorId, BigInteger> _byOrchestrator;
    private readonly ImmutableDictionary<RegionId, BigInteger> _byRegion;

    private SpendLedger(
        DateOnly day, BigInteger total, ImmutableDictionary<TestId, SpendReservation> reserved,
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
        day, BigInteger.Zero, ImmutableDictionary<TestId, SpendReservation>.Empty, ImmutableDictionary<OrchestratorId, BigInteger>.Empty,
        ImmutableDictionary<RegionId, BigInteger>.Empty);

    /// <summary>The ledger that <see cref="Entries"/> were taken from.</summary>
    /// <exception cref="ArgumentException">An amount is negative, or a test occurs twice.</exception>
    public static SpendLedger Restore(DateOnly day, IEnumerable<SpendReservation> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var ledger = Of(day);
        foreach (var entry in entries)
        {
            if (entry.Wei.Sign < 0 || ledger._reserved.ContainsKey(entry.Test))
                throw new ArgumentException($"The ledger of {day:O} cannot hold {entry.Wei} wei for test {entry.Test}: less than nothing, or a second time.", nameof(entries));
            ledger = ledger.Change(entry, entry.Wei);
        }

        return ledger;
    }

    /// <summary>Every test of the day, in order of its id.</summary>
    public ImmutableArray<SpendReservation> Entries => [.. _reserved.Values.OrderBy(entry => entry.Test)];

    /// <summary>Those of these tests that the ledger knows, in their order.</summary>
    public ImmutableArray<SpendReservation> Of(IEnumerable<TestId> tests) => [.. tests.Where(_reserved.ContainsKey).Select(test => _reserved[test])];

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
        return allowance.Sign <= 0 ? (this, BigInteger.Zero) : (Change(new SpendReservation(test, orchestrator, region, allowance, false), allowance), allowance);
    }

    /// <summary>
    /// A test reported what it spent: what is left of its reservation is free again. More than the reservation is written down as it is. A
    /// second report changes nothing.
    /// </summary>
    public SpendLedger Settle(TestId test, BigInteger spent)
    {
        if (!_reserved.TryGetValue(test, out var entry) || entry.Settled) return this;
        spent = BigInteger.Max(BigInteger.Zero, spent);
        return Change(entry with { Wei = spent, Settled = true }, spent - entry.Wei);
    }

    /// <summary>
    /// As <see cref="Settle"/>, for a report whose reservation this ledger may never have seen (a restart without its state, a test by hand): what
    /// was spent counts all the same.
    /// </summary>
    public SpendLedger Record(TestId test, OrchestratorId orchestrator, RegionId region, BigInteger spent)
    {
        if (_reserved.ContainsKey(test)) return Settle(test, spent);
        spent = BigInteger.Max(BigInteger.Zero, spent);
        return Change(new SpendReservation(test, orchestrator, region, spent, true), spent);
    }

    private SpendLedger Change(SpendReservation entry, BigInteger difference) => new(
        Day,
        Total + difference,
        _reserved.SetItem(entry.Test, entry),
        _byOrchestrator.SetItem(entry.Orchestrator, On(entry.Orchestrator) + difference),
        _byRegion.SetItem(entry.Region, By(entry.Region) + difference));
}

/// <summary>The money of one test in a <see cref="SpendLedger"/>.</summary>
/// <param name="Test">The test.</param>
/// <param name="Orchestrator">Who is tested.</param>
/// <param name="Region">Who tests.</param>
/// <param name="Wei">Reserved, or spent once it is settled.</param>
/// <param name="Settled">The test reported.</param>
public sealed record SpendReservation(
    TestId Test, OrchestratorId Orchestrator, RegionId Region, [property: System.Text.Json.Serialization.JsonConverter(typeof(WeiJson))] BigInteger Wei, bool Settled);
