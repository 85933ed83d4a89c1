using System.Security.Cryptography;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// The plans of the days: draws them from the master secret, keeps what was drawn for the days at hand, and knows what may be told of them
/// (the commitment the day before, the secret the day after).
/// </summary>
internal sealed class PlanBook
{
    private const string Kind = "schedule";
    private const string MasterKey = "master";
    private readonly byte[] _master;
    private readonly SchedulePolicy _policy;
    private readonly Dictionary<(OrchestratorId, SlotShare, DateOnly), ImmutableArray<PlannedTest>> _drawn = [];
    private readonly Dictionary<DateOnly, DaySeed> _seeds = [];
    private DateOnly _newest;

    private PlanBook(byte[] master, SchedulePolicy policy)
    {
        _master = master;
        _policy = policy;
    }

    /// <summary>Opens the book; the master secret is drawn once and stays in the data directory.</summary>
    public static async Task<PlanBook> OpenAsync(IStateLog memory, SchedulePolicy policy, CancellationToken cancellationToken)
    {
        if (memory.Find(Kind, MasterKey) is { } known) return new PlanBook(Convert.FromHexString(known.Trim('"')), policy);
        var master = RandomNumberGenerator.GetBytes(32);
        await memory.PutAsync(Kind, MasterKey, $"\"{Convert.ToHexStringLower(master)}\"", cancellationToken);
        return new PlanBook(master, policy);
    }

    /// <summary>The SHA-256 of the day's secret, which may be published at any time before.</summary>
    public string Commitment(DateOnly day) => DaySeed.Commitment(DaySeed.SecretOf(_master, day));

    /// <summary>The secret of a day that is over.</summary>
    /// <returns>Null while the day is not over: its plan is still secret.</returns>
    public string? Reveal(DateOnly day, DateTimeOffset now) =>
        now.UtcDateTime >= day.AddDays(1).ToDateTime(TimeOnly.MinValue) ? Convert.ToHexStringLower(DaySeed.SecretOf(_master, day)) : null;

    /// <summary>The plan of one orchestrator on one day.</summary>
    public ImmutableArray<PlannedTest> PlanOf(OrchestratorId orchestrator, OrchestratorRecord record, DateOnly day)
    {
        var key = (orchestrator, record.Share, day);
        if (_drawn.TryGetValue(key, out var plan)) return plan;
        if (day > _newest)
        {
            _newest = day;
            foreach (var old in _drawn.Keys.Where(k => k.Item3 < day.AddDays(-3)).ToList()) _drawn.Remove(old);
            foreach (var old in _seeds.Keys.Where(k => k < day.AddDays(-3)).ToList()) _seeds.Remove(old);
        }

        if (!_seeds.TryGetValue(day, out var seed))
        {
            seed = DaySeed.From(DaySeed.SecretOf(_master, day), DaySeed.DateAnchor(day));
            _seeds[day] = seed;
        }

        return _drawn[key] = DayPlan.For(seed, day, orchestrator, record.Share, _policy);
    }
}
