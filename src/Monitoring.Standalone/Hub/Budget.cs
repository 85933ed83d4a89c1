using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// The hub's hold on the money: reserves the allowance of a test durably before it is leased, and frees what the report says was not spent.
/// The rule is <see cref="SpendLedger"/>'s; here it is given a day and a memory. Used by the hub's loop alone.
/// </summary>
internal sealed class Budget
{
    private const string Kind = "spend";

    private readonly SpendCaps _caps;
    private readonly IStateLog _log;
    private readonly Dictionary<TestId, Reservation> _today = [];
    private SpendLedger _ledger;

    private Budget(SpendCaps caps, IStateLog log, SpendLedger ledger) => (_caps, _log, _ledger) = (caps, log, ledger);

    /// <summary>Reserved and spent in this UTC day, wei.</summary>
    public BigInteger Total => _ledger.Total;

    /// <summary>Continues the day where the process before left it: what it reserved and nobody settled stays spent.</summary>
    public static async Task<Budget> OpenAsync(SpendCaps caps, IStateLog log, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var budget = new Budget(caps, log, SpendLedger.Of(DayOf(now)));
        foreach (var entry in log.Read(Kind))
        {
            var kept = JsonSerializer.Deserialize(entry.Json, BudgetJson.Default.Reservation)!;
            if (kept.Day != budget._ledger.Day)
            {
                await log.RemoveAsync(Kind, entry.Key, cancellationToken);
                continue;
            }

            budget.Restore(TestId.Parse(entry.Key), kept);
        }

        return budget;
    }

    /// <summary>Reserves for a test that is about to be leased; durable when it completes.</summary>
    /// <returns>The job with its allowance; null when a cap is reached, and the test must not start.</returns>
    /// <exception cref="StorageFullException">It could not be written down: the test must not start.</exception>
    public async Task<TestJob?> ReserveAsync(TestJob job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await TurnDayAsync(now, cancellationToken);
        var (next, allowance) = _ledger.Reserve(job.Id, job.Orchestrator, job.Region, _caps);
        if (allowance.Sign <= 0) return null;
        var reservation = new Reservation(_ledger.Day, job.Orchestrator, job.Region, Text(allowance), Settled: false);
        await PutAsync(job.Id, reservation, cancellationToken);
        (_ledger, _today[job.Id]) = (next, reservation);
        return job with { Allowance = allowance };
    }

    /// <summary>A test ended, having spent so much; what it did not spend is free again. A test of another day, or a second end, changes nothing.</summary>
    public async Task SettleAsync(TestId test, BigInteger spent, CancellationToken cancellationToken)
    {
        if (!_today.TryGetValue(test, out var reservation) || reservation.Settled) return;
        _ledger = _ledger.Settle(test, spent);
        _today[test] = reservation with { Wei = Text(BigInteger.Max(BigInteger.Zero, spent)), Settled = true };
        try
        {
            await PutAsync(test, _today[test], cancellationToken);
        }
        catch (StorageFullException)
        {
            // The disk keeps the whole reservation: after a restart too much counts as spent, never too little.
        }
    }

    /// <summary>True when so much was reserved today for this test by this region.</summary>
    public bool IsOf(TestId test, RegionId region) => _today.TryGetValue(test, out var reservation) && reservation.Region == region;

    private static DateOnly DayOf(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);

    private static string Text(BigInteger wei) => wei.ToString(CultureInfo.InvariantCulture);

    private void Restore(TestId test, Reservation kept)
    {
        // What was reserved was within the caps of then, whatever they are now.
        var wei = BigInteger.Parse(kept.Wei, CultureInfo.InvariantCulture);
        var most = BigInteger.Pow(2, 256);
        var room = new SpendCaps { PerTest = BigInteger.Max(BigInteger.One, wei), PerOrchestratorDay = most, PerRegionDay = most, PerDay = most };
        (_ledger, _) = _ledger.Reserve(test, kept.Orchestrator, kept.Region, room);
        if (kept.Settled) _ledger = _ledger.Settle(test, wei);
        _today[test] = kept;
    }

    private async Task TurnDayAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (DayOf(now) <= _ledger.Day) return;
        foreach (var test in _today.Keys) await _log.RemoveAsync(Kind, test.Text, cancellationToken);
        _today.Clear();
        _ledger = SpendLedger.Of(DayOf(now));
    }

    private Task PutAsync(TestId test, Reservation reservation, CancellationToken cancellationToken) =>
        _log.PutAsync(Kind, test.Text, JsonSerializer.Serialize(reservation, BudgetJson.Default.Reservation), cancellationToken);
}

/// <summary>A reservation as it is remembered.</summary>
/// <param name="Day">The UTC day it counts for.</param>
/// <param name="Orchestrator">On whom.</param>
/// <param name="Region">By whom.</param>
/// <param name="Wei">Reserved, or spent when settled; a text, for no number of JSON is exact.</param>
/// <param name="Settled">Whether the test reported.</param>
internal sealed record Reservation(DateOnly Day, OrchestratorId Orchestrator, RegionId Region, string Wei, bool Settled);

[JsonSerializable(typeof(Reservation))]
internal sealed partial class BudgetJson : JsonSerializerContext;
