namespace Monitoring.Core;

/// <summary>
/// The plans of the days, drawn from one master secret: keeps what was drawn for the days at hand, and knows what may be told of them (the
/// commitment the day before, the secret the day after). A cache of pure functions; used by one caller at a time.
/// </summary>
public sealed class DrawnPlans
{
    /// <summary>
    /// The most plans that are kept, about 20 MB of them at the usual 24 tests a day. One that was let go is drawn again, which takes some ten
    /// microseconds; a hundred thousand that are kept for three days would take more than a gigabyte.
    /// </summary>
    public const int MostKept = 4096;

    private readonly ImmutableArray<byte> _master;
    private readonly SchedulePolicy _policy;
    private readonly Dictionary<(OrchestratorId, SlotShare, DateOnly), ImmutableArray<PlannedTest>> _drawn = [];
    private readonly Dictionary<DateOnly, DaySeed> _seeds = [];
    private DateOnly _newest;

    /// <summary>Plans by these rules.</summary>
    /// <param name="master">The master secret, 32 bytes.</param>
    /// <param name="policy">How often and from where.</param>
    public DrawnPlans(ReadOnlySpan<byte> master, SchedulePolicy policy) => (_master, _policy) = ([.. master], policy);

    /// <summary>The SHA-256 of the day's secret, which may be published at any time before.</summary>
    public string Commitment(DateOnly day) => DaySeed.Commitment(SecretOf(day));

    /// <summary>The secret of a day that is over, in hexadecimal.</summary>
    /// <returns>Null while the day is not over: its plan is still secret.</returns>
    public string? Reveal(DateOnly day, DateTimeOffset now) =>
        now.UtcDateTime >= day.AddDays(1).ToDateTime(TimeOnly.MinValue) ? Convert.ToHexStringLower(SecretOf(day)) : null;

    /// <summary>How many plans are kept now.</summary>
    public int Kept => _drawn.Count;

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

        if (_drawn.Count >= MostKept) _drawn.Clear();
        if (!_seeds.TryGetValue(day, out var seed))
        {
            seed = DaySeed.From(SecretOf(day), DaySeed.DateAnchor(day));
            _seeds[day] = seed;
        }

        return _drawn[key] = DayPlan.For(seed, day, orchestrator, record.Share, _policy);
    }

    private byte[] SecretOf(DateOnly day) => DaySeed.SecretOf(_master.AsSpan(), day);
}
