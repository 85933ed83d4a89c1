namespace Monitoring.Core;

/// <summary>
/// The incidents of one subject (an orchestrator, the network, the instrument): which are open, how many there were, and what is owed about
/// them to whoever must know. Immutable. Of one rule and region at most one is open at a time, and each is resolved once.
/// </summary>
public sealed record IncidentBook
{
    /// <summary>No incident ever.</summary>
    public static IncidentBook Empty { get; } = new();

    /// <summary>Incidents that last.</summary>
    public ImmutableArray<OpenIncident> Open { get; init; } = [];

    /// <summary>How many there were of each rule and region.</summary>
    public ImmutableArray<IncidentCount> Counts { get; init; } = [];

    /// <summary>Notifications that the outbox has not taken yet, in order.</summary>
    public ImmutableArray<Notification> Owed { get; init; } = [];

    /// <summary>The open incident of a rule and region (null for all regions), or null.</summary>
    public Incident? Find(IncidentRule rule, RegionId? region = null)
    {
        foreach (var open in Open)
        {
            if (open.Incident.Key.Rule == rule && open.Incident.Key.Region == region) return open.Incident;
        }

        return null;
    }

    /// <summary>Opens an incident, unless one of this rule and region is open: then that one stands as it is.</summary>
    /// <param name="found">What was found; the key's epoch is set here.</param>
    public IncidentBook Opened(Incident found)
    {
        if (Find(found.Key.Rule, found.Key.Region) is not null) return this;
        var epoch = 1;
        var counts = Counts;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i].Rule != found.Key.Rule || counts[i].Region != found.Key.Region) continue;
            epoch = counts[i].Number + 1;
            counts = counts.RemoveAt(i);
            break;
        }

        var incident = found with { Key = found.Key with { Epoch = epoch }, ResolvedAt = null };
        return this with
        {
            Open = Open.Add(new OpenIncident(incident, 0)),
            Counts = counts.Add(new IncidentCount(found.Key.Rule, found.Key.Region, epoch)),
            Owed = Owed.Add(new Notification(NotificationKind.Opened, 0, incident)),
        };
    }

    /// <summary>Says that an open incident lasts in another way; one that is not open is no business of anybody.</summary>
    public IncidentBook Changed(IncidentRule rule, RegionId? region, Func<Incident, Incident> change)
    {
        for (var i = 0; i < Open.Length; i++)
        {
            var open = Open[i];
            if (open.Incident.Key.Rule != rule || open.Incident.Key.Region != region) continue;
            var incident = change(open.Incident) with { Key = open.Incident.Key, ResolvedAt = null };
            var sequence = open.Sequence + 1;
            return this with
            {
                Open = Open.SetItem(i, new OpenIncident(incident, sequence)),
                Owed = Owed.Add(new Notification(NotificationKind.Changed, sequence, incident)),
            };
        }

        return this;
    }

    /// <summary>Resolves an incident, if it is open.</summary>
    /// <param name="rule">Of which rule.</param>
    /// <param name="region">Of which region; null for all.</param>
    /// <param name="now">When, UTC.</param>
    /// <param name="summary">Why it is over, one sentence.</param>
    public IncidentBook Resolved(IncidentRule rule, RegionId? region, DateTimeOffset now, string summary)
    {
        for (var i = 0; i < Open.Length; i++)
        {
            var open = Open[i];
            if (open.Incident.Key.Rule != rule || open.Incident.Key.Region != region) continue;
            var incident = open.Incident with { ResolvedAt = now, Summary = Outcome.Clean(summary) };
            return this with { Open = Open.RemoveAt(i), Owed = Owed.Add(new Notification(NotificationKind.Resolved, open.Sequence + 1, incident)) };
        }

        return this;
    }

    /// <summary>The outbox has a notification; one that was not owed changes nothing.</summary>
    public IncidentBook Taken(IncidentKey key, int sequence)
    {
        var owed = Owed.RemoveAll(o => o.Incident.Key == key && o.Sequence == sequence);
        return owed.Length == Owed.Length ? this : this with { Owed = owed };
    }
}

/// <summary>An incident that lasts.</summary>
/// <param name="Incident">As it stands.</param>
/// <param name="Sequence">The number of its latest notification.</param>
public sealed record OpenIncident(Incident Incident, int Sequence);

/// <summary>How many incidents there were.</summary>
/// <param name="Rule">Of this rule.</param>
/// <param name="Region">In this region; null for all.</param>
/// <param name="Number">So many.</param>
public readonly record struct IncidentCount(IncidentRule Rule, RegionId? Region, int Number);
