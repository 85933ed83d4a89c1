namespace Monitoring.Core;

/// <summary>
/// Whether an orchestrator is up (<c>Up -> Suspect -> Down -> Recovering -> Up</c>), in the eyes of all regions and of each by itself. One
/// failure makes a suspect, and the other regions are asked at once. Down needs more than half of the regions that vote, at least two,
/// each with failures in a row; where one votes alone, three of three. Coming up again takes more answers than going down took failures. A
/// region that is muted or stale has no vote, and one region's word against the others is an incident of that region's path, never a page.
/// </summary>
internal static class AvailabilityRule
{
    /// <summary>True while a region's latest check is new enough to count.</summary>
    public static bool IsFresh(RegionSight sight, DateTimeOffset now, Policy policy) => sight.LastAt != default && now - sight.LastAt <= FreshFor(policy);

    /// <summary>
    /// True while a region has a vote. One that is stale keeps it as long as one that is not is sure to check again: a hub that has just started
    /// finds every region stale, and must not take the first one that asks for the only one there is.
    /// </summary>
    public static bool Votes(RegionSight sight, in Env env)
    {
        if (!IsFresh(sight, env.Now, env.Policy) || env.Regions.IsMuted(sight.Region, env.Now)) return false;
        var policy = env.Policy.Availability;
        return !env.Regions.Stale.Contains(sight.Region) || env.Now - sight.LastAt <= policy.Every(env.Policy.Schedule.Regions.Length) + policy.Recheck;
    }

    /// <summary>Takes one piece of evidence into the sights; what it means is for <see cref="Look"/>.</summary>
    public static AvailabilityState See(AvailabilityState state, RegionId region, DateTimeOffset at, bool alive, OutcomeCode code, in Env env, OrchestratorRecord? record)
    {
        if (!env.Policy.Schedule.Regions.Contains(region) || env.Regions.IsMuted(region, at)) return state;
        if (!alive && record?.InMaintenance(at, env.Policy.MaintenanceLimit) == true) return state;
        var sight = state.SightOf(region);
        var window = sight.Window.With(at, alive);
        if (!ReferenceEquals(window, sight.Window)) sight = sight with { Window = window };

        // A run that nobody saw go on is a new one.
        if (at > sight.LastAt && env.Now - at <= FreshFor(env.Policy)) sight = (at - sight.LastAt > FreshFor(env.Policy) ? sight.Blind() : sight).After(at, alive, code, env.Policy.Availability.Spacing);
        else if (at < sight.LastAt) sight = sight.Between(at, alive);
        return state.With(sight);
    }

    /// <summary>Decides anew where it stands.</summary>
    /// <returns>The state from here on, and the regions that should check at once.</returns>
    public static (AvailabilityState State, ImmutableArray<RegionId> Ask) Look(AvailabilityState state, OrchestratorId id, OrchestratorRecord? record, in Env env)
    {
        var policy = env.Policy.Availability;
        var now = env.Now;
        var maintenance = record?.InMaintenance(now, env.Policy.MaintenanceLimit) == true;
        if (maintenance != state.Maintenance) state = state with { Maintenance = maintenance };
        state = Doubt(Mute(state, maintenance, env), id, env);
        var votes = Core.Votes.Of(state, id, env);

        var before = state.Phase;
        var phase = Next(state, votes);
        if (phase != before) state = Enter(state, phase, votes, now, policy);
        var unheard = phase == AvailabilityPhase.Suspect && votes.Unheard;
        if (unheard != state.Unheard) state = state with { Unheard = unheard };
        state = Report(state, id, votes, env);
        state = LookAtRegions(state, id, env);

        var eager = phase == AvailabilityPhase.Suspect && before == AvailabilityPhase.Up;
        var inDoubt = phase is AvailabilityPhase.Suspect or AvailabilityPhase.Recovering;
        var recovering = state.Sights.Any(s => s.Phase == AvailabilityPhase.Recovering);
        if (!eager && (!(inDoubt || recovering) || now - state.AskedAt < policy.Recheck)) return (state, []);
        var ask = ImmutableArray.CreateBuilder<RegionId>();
        foreach (var region in env.Policy.Schedule.Regions)
        {
            var sight = state.SightOf(region);
            if (env.Regions.Stale.Contains(region) || env.Regions.IsMuted(region, now) || now - sight.CountedAt < policy.Spacing) continue;
            if (inDoubt || sight.Phase == AvailabilityPhase.Recovering) ask.Add(region);
        }

        return (state with { AskedAt = now, AskedInVain = votes.Silent > 0 ? state.AskedInVain + 1 : 0 }, ask.ToImmutable());
    }

    /// <summary>The next instant at which <see cref="Look"/> may see something else by the passing of time alone; null for none.</summary>
    public static DateTimeOffset? NextLook(AvailabilityState state, AvailabilityPolicy policy)
    {
        if (state.Phase is AvailabilityPhase.Suspect or AvailabilityPhase.Recovering || state.Sights.Any(s => s.Phase == AvailabilityPhase.Recovering))
        {
            return state.AskedAt + policy.Recheck;
        }

        return state is { Flapping: true, Phase: AvailabilityPhase.Up } ? SteadyAt(state, policy) : null;
    }

    private static TimeSpan FreshFor(Policy policy) => (policy.Availability.Every(policy.Schedule.Regions.Length) * 2) + policy.Availability.Recheck;

    // What a region saw while it was itself at fault is forgotten, and so are failures before an announced maintenance.
    private static AvailabilityState Mute(AvailabilityState state, bool maintenance, in Env env)
    {
        foreach (var sight in state.Sights)
        {
            var muted = env.Regions.IsMuted(sight.Region, env.Now);
            if (muted)
            {
                var blind = sight.Blind();
                state = state.With(blind.Phase == AvailabilityPhase.Up ? blind : blind with { Phase = AvailabilityPhase.Up });
                state = Told(state, state.Incidents.Resolved(IncidentRule.OrchestratorDown, sight.Region, env.Now, $"The region {sight.Region} was itself at fault."));
            }
            else if (maintenance && sight.Failures > 0)
            {
                state = state.With(sight.Blind());
            }
        }

        return state;
    }

    // Remembers until when so much of what a region saw failed that its word waited.
    private static AvailabilityState Doubt(AvailabilityState state, OrchestratorId id, in Env env)
    {
        var liveness = state.Phase == AvailabilityPhase.Suspect ? env.Liveness : null;
        foreach (var sight in state.Sights)
        {
            if (sight.Failures == 0 || sight.DoubtedAt == sight.LastAt) continue;
            if (env.NetworkFails || liveness?.WitnessOf(sight.Region, id, sight.RunSince, sight.LastAt).FailedMoreThan(NetworkAvailability.UnheardTenths) == true)
                state = state.With(sight with { DoubtedAt = sight.LastAt });
        }

        return state;
    }

    private static AvailabilityPhase Next(AvailabilityState state, Votes votes) => state.Phase switch
    {
        AvailabilityPhase.Suspect when votes.SayDown => AvailabilityPhase.Down,
        AvailabilityPhase.Up or AvailabilityPhase.Suspect => votes.Doubt || votes.SayDown ? AvailabilityPhase.Suspect : AvailabilityPhase.Up,
        AvailabilityPhase.Down when votes.Hope => AvailabilityPhase.Recovering,
        AvailabilityPhase.Recovering when votes.SayUp => AvailabilityPhase.Up,
        AvailabilityPhase.Recovering when votes.Voters > 0 && !votes.Hope => AvailabilityPhase.Down,
        _ => state.Phase,
    };

    private static AvailabilityState Enter(AvailabilityState state, AvailabilityPhase phase, Votes votes, DateTimeOffset now, AvailabilityPolicy policy)
    {
        var before = state.Phase;
        state = state with { Phase = phase, Since = now };
        if (phase == AvailabilityPhase.Up) return state with { FailingSince = default, AskedInVain = 0, RecoveredAt = before == AvailabilityPhase.Recovering ? now : state.RecoveredAt };
        if (phase == AvailabilityPhase.Suspect) return state with { FailingSince = votes.FailingSince };
        if (phase != AvailabilityPhase.Down || before == AvailabilityPhase.Recovering) return state;
        return state with { FailingSince = votes.FailingSince, Downs = state.Downs.RemoveAll(d => now - d > policy.FlapsWithin).Add(now) };
    }

    /// <summary>
    /// True while a region's word about one orchestrator waits: of the others more than three in ten (at first, one) ceased to answer it as well, in all the time or lately, so that
    /// it is the region, or the network, and a page for each would say nothing. Where it is the network, which the incident of the network tells, controls that were
    /// well speak for the region, unless another region has an answer: then it is this region's path to many, which no control shows.
    /// </summary>
    public static bool IsDoubted(RegionSight sight, OrchestratorId id, bool othersAnswer, in Env env)
    {
        if (env.Liveness is not { } liveness) return false;
        var policy = env.Policy.Availability;

        // Both at once: where an answer must be fetched, the word waits for the first, and they come together.
        var witness = liveness.WitnessOf(sight.Region, id, sight.RunSince, sight.LastAt);
        var lately = liveness.WitnessOf(sight.Region, id, sight.LastAt - (2 * policy.Spacing), sight.LastAt);
        var age = sight.LastAt - sight.RunSince;
        if (witness.IsEmpty) return age < policy.WitnessWithin || witness.Later > 0;

        // Where many had failed, one failure after it is over may be a lost packet.
        var isOver = sight.DoubtedAt == default || sight.LastAt - sight.DoubtedAt >= 2 * policy.Recheck;

        // By the few that were heard of at first, a third can look like an eighth; and of what a long run began before, much may have been well.
        var tenths = age < policy.WitnessWithin - policy.Recheck ? 1 : age < policy.WitnessWithin ? 2 : NetworkAvailability.UnheardTenths;
        var isOfMany = witness.FailedMoreThan(tenths) || lately.FailedMoreThan(NetworkAvailability.UnheardTenths);
        return (!isOver || isOfMany) && !(env.NetworkFails && witness.ControlsWell && !othersAnswer);
    }

    // Opens, changes and resolves the incident of all regions, which alone may wake somebody.
    private static AvailabilityState Report(AvailabilityState state, OrchestratorId id, Votes votes, in Env env)
    {
        var policy = env.Policy.Availability;
        var now = env.Now;
        var isDown = state.Phase is AvailabilityPhase.Down or AvailabilityPhase.Recovering;
        var open = state.Incidents.Find(IncidentRule.OrchestratorDown);
        var severity = env.NetworkFails ? Severity.Warning : Severity.Page;
        if (state.Phase == AvailabilityPhase.Down && open is null)
        {
            open = new Incident
            {
                Key = new IncidentKey(IncidentRule.OrchestratorDown, id, null, 0),
                Severity = severity,
                Since = state.FailingSince,
                OpenedAt = now,
                Summary = $"{id} does not answer in {votes.Failures} of {votes.Voters} regions since {state.FailingSince:u}.",
                Evidence = EvidenceOf(state),
            };
            state = Told(state, state.Incidents.Opened(open));
        }
        else if (state.Phase == AvailabilityPhase.Down && open is { Severity: not Severity.Page } && !env.NetworkFails && votes.SayDown && now - votes.FailedAt <= policy.Recheck && IsForItself(state, env))
        {
            var evidence = EvidenceOf(state);
            state = Told(state, state.Incidents.Changed(IncidentRule.OrchestratorDown, null, i => i with { Severity = Severity.Page, Evidence = evidence }));
        }

        if (!state.Flapping && open is not null && state.Downs.Count(d => now - d <= policy.FlapsWithin) >= policy.Flaps)
        {
            var downs = state.Downs.Length;
            state = Told(state with { Flapping = true }, state.Incidents.Changed(IncidentRule.OrchestratorDown, null, i => i with
            {
                Summary = $"{id} flaps: it went down {downs} times within {policy.FlapsWithin.TotalHours:0} h.",
            }));
        }
        else if (state is { Flapping: true, Phase: AvailabilityPhase.Up } && now >= SteadyAt(state, policy))
        {
            state = state with { Flapping = false, Downs = [] };
        }

        if (isDown || state.Flapping || open is null || state.Phase == AvailabilityPhase.Suspect) return state;
        return Told(state, state.Incidents.Resolved(IncidentRule.OrchestratorDown, null, now, $"{id} answers again since {state.Since:u}."));
    }

    // Who is down is checked in his turn alone: two turns must have failed since it was the network.
    private static bool IsForItself(AvailabilityState state, in Env env)
    {
        var twoTurns = env.Policy.Availability.Every(env.Policy.Schedule.Regions.Length) + env.Policy.Availability.Recheck;
        return state.Sights.All(s => s.Failures == 0 || s.DoubtedAt == default || s.LastAt - s.DoubtedAt >= twoTurns);
    }

    // One region's word against the others: its path to the orchestrator, and no page.
    private static AvailabilityState LookAtRegions(AvailabilityState state, OrchestratorId id, in Env env)
    {
        var policy = env.Policy.Availability;
        foreach (var sight in state.Sights)
        {
            if (!IsFresh(sight, env.Now, env.Policy) || sight.LastAt == default) continue;
            var next = sight.Phase switch
            {
                AvailabilityPhase.Down when sight.Answers > 0 => AvailabilityPhase.Recovering,
                AvailabilityPhase.Recovering when sight.Failures > 0 => AvailabilityPhase.Down,
                AvailabilityPhase.Recovering when sight.Answers >= policy.AnswersToVote => AvailabilityPhase.Up,
                AvailabilityPhase.Up or AvailabilityPhase.Suspect => IsPathDown(state, sight, policy) && !IsDoubted(sight, id, othersAnswer: true, env) ? AvailabilityPhase.Down
                    : sight.Failures > 0 ? AvailabilityPhase.Suspect : AvailabilityPhase.Up,
                _ => sight.Phase,
            };
            if (next == sight.Phase) continue;
            state = state.With(sight with { Phase = next });
            if (next == AvailabilityPhase.Up) state = Told(state, state.Incidents.Resolved(IncidentRule.OrchestratorDown, sight.Region, env.Now, $"{id} answers {sight.Region} again."));
            if (next != AvailabilityPhase.Down || sight.Phase == AvailabilityPhase.Recovering) continue;
            state = Told(state, state.Incidents.Opened(new Incident
            {
                Key = new IncidentKey(IncidentRule.OrchestratorDown, id, sight.Region, 0),
                Severity = Severity.Warning,
                Since = sight.RunSince,
                OpenedAt = env.Now,
                Summary = $"{id} does not answer {sight.Region} since {sight.RunSince:u}, and answers elsewhere.",
                Evidence = EvidenceOf(state),
            }));
        }

        return state;
    }

    // Somebody else had an answer since this region has none.
    private static bool IsPathDown(AvailabilityState state, RegionSight sight, AvailabilityPolicy policy) =>
        state.Phase is (AvailabilityPhase.Up or AvailabilityPhase.Suspect) && !state.Maintenance
        && state.Sights.Any(s => s.Answers > 0 && s.LastAt > sight.RunSince)
        && sight.Failures >= policy.FailuresAlone && sight.CountedAt - sight.RunSince >= policy.FailingAlone;

    private static AvailabilityState Told(AvailabilityState state, IncidentBook incidents) =>
        ReferenceEquals(incidents, state.Incidents) ? state : state with { Incidents = incidents };

    private static DateTimeOffset SteadyAt(AvailabilityState state, AvailabilityPolicy policy) =>
        (state.Downs.IsEmpty || state.RecoveredAt > state.Downs[^1] ? state.RecoveredAt : state.Downs[^1]) + policy.FlapQuiet;

    private static ImmutableArray<RegionEvidence> EvidenceOf(AvailabilityState state) =>
        [.. state.Sights.Where(s => s.LastAt != default).Select(s => new RegionEvidence(s.Region, s.LastAt, s.Failures > 0
            ? $"no answer since {s.RunSince:u}, {s.Failures} in a row; the last: {s.LastCode}"
            : $"answers since {s.RunSince:u}"))];
}
