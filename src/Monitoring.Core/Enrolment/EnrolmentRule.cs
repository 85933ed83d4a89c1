namespace Monitoring.Core;

/// <summary>
/// Decides who is in the active set (design section 4, step 1). A change of more than a fifth of the set is not believed at once: it needs a
/// second walk that agrees, at least 10 minutes later.
/// </summary>
public sealed class EnrolmentRule
{
    private readonly ImmutableDictionary<OrchestratorId, RegistryEntry> _doubted;
    private readonly DateTimeOffset _doubtedAt;

    private EnrolmentRule(
        ImmutableDictionary<OrchestratorId, RegistryEntry> active, ImmutableDictionary<OrchestratorId, RegistryEntry> doubted, DateTimeOffset doubtedAt)
    {
        Active = active;
        _doubted = doubted;
        _doubtedAt = doubtedAt;
    }

    /// <summary>The share of the set that may change in one walk.</summary>
    public const double BelievedShare = 0.2;

    /// <summary>The least time between a surprising walk and the one that confirms it.</summary>
    public static TimeSpan ConfirmAfter { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The active set by id.</summary>
    public ImmutableDictionary<OrchestratorId, RegistryEntry> Active { get; }

    /// <summary>True while a surprising walk waits to be confirmed.</summary>
    public bool IsDoubting => _doubtedAt != default;

    /// <summary>Starts from a set that was remembered (or an empty one: then the first walk is believed).</summary>
    public static EnrolmentRule From(IEnumerable<RegistryEntry> remembered) =>
        new(remembered.ToImmutableDictionary(e => e.Id), ImmutableDictionary<OrchestratorId, RegistryEntry>.Empty, default);

    /// <summary>The rule after a walk; <see cref="Active"/> is unchanged while a surprising one waits to be confirmed.</summary>
    /// <param name="walk">What the source lists; of two entries of one id the first stays.</param>
    /// <param name="now">The instant.</param>
    public EnrolmentRule OnWalk(IEnumerable<RegistryEntry> walk, DateTimeOffset now)
    {
        var seen = ImmutableDictionary.CreateBuilder<OrchestratorId, RegistryEntry>();
        foreach (var entry in walk) seen.TryAdd(entry.Id, entry);
        var next = seen.ToImmutable();
        if (Active.IsEmpty || Changed(Active, next) <= BelievedShare * Active.Count) return Believe(next);
        if (_doubted.IsEmpty && _doubtedAt == default) return Doubt(next, now);
        if (Changed(_doubted, next) > BelievedShare * Math.Max(1, _doubted.Count)) return Doubt(next, now);
        return now - _doubtedAt >= ConfirmAfter ? Believe(next) : this;
    }

    /// <summary>Each member's part in the slot sequence of its endpoint.</summary>
    public ImmutableDictionary<OrchestratorId, OrchestratorRecord> Records()
    {
        var records = ImmutableDictionary.CreateBuilder<OrchestratorId, OrchestratorRecord>();
        foreach (var behind in Active.Values.GroupBy(e => e.Endpoint))
        {
            var members = behind.OrderBy(e => e.Id).ToList();
            for (var i = 0; i < members.Count; i++)
            {
                records[members[i].Id] = new OrchestratorRecord(members[i].ServiceUri, members[i].Verified, new SlotShare(behind.Key, i, members.Count))
                {
                    Maintenance = members[i].Maintenance,
                };
            }
        }

        return records.ToImmutable();
    }

    // Members that joined, left or moved.
    private static int Changed(ImmutableDictionary<OrchestratorId, RegistryEntry> before, ImmutableDictionary<OrchestratorId, RegistryEntry> after) =>
        before.Values.Count(b => !after.TryGetValue(b.Id, out var a) || a.ServiceUri != b.ServiceUri) + after.Keys.Count(id => !before.ContainsKey(id));

    private static EnrolmentRule Believe(ImmutableDictionary<OrchestratorId, RegistryEntry> set) =>
        new(set, ImmutableDictionary<OrchestratorId, RegistryEntry>.Empty, default);

    private EnrolmentRule Doubt(ImmutableDictionary<OrchestratorId, RegistryEntry> set, DateTimeOffset now) => new(Active, set, now);
}
