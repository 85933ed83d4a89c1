namespace Monitoring.Core;

/// <summary>What the regions with valid evidence say together.</summary>
internal readonly record struct Votes
{
    /// <summary>Regions with fresh evidence that are neither muted nor long stale.</summary>
    public int Voters { get; private init; }

    /// <summary>Regions that could vote: all that are configured and not muted.</summary>
    public int Eligible { get; private init; }

    /// <summary>Those of them that have not been heard since there is a suspicion.</summary>
    public int Silent { get; private init; }

    /// <summary>Those of them whose run of failures makes a vote and that are believed.</summary>
    public int Failures { get; private init; }

    /// <summary>Those of them that had an answer last.</summary>
    public int Answering { get; private init; }

    /// <summary>Enough regions say that it is down.</summary>
    public bool SayDown { get; private init; }

    /// <summary>As many fail as would say that it is down, none has an answer, and too many of them may be at fault themselves.</summary>
    public bool Unheard { get; private init; }

    /// <summary>Enough regions say that it is up, and not enough say the contrary.</summary>
    public bool SayUp { get; private init; }

    /// <summary>As many as could say so soon had an answer.</summary>
    public bool Hope { get; private init; }

    /// <summary>Some region had no answer last, and it is not only the known fault of that region's path.</summary>
    public bool Doubt { get; private init; }

    /// <summary>The latest failure, UTC; the least value for none.</summary>
    public DateTimeOffset FailedAt { get; private init; }

    /// <summary>The first failure of the runs of failures, UTC.</summary>
    public DateTimeOffset FailingSince { get; private init; }

    public static Votes Of(AvailabilityState state, OrchestratorId id, in Env env)
    {
        var policy = env.Policy.Availability;
        var now = env.Now;
        var regions = env.Regions;
        var eligible = env.Policy.Schedule.Regions.Count(r => !regions.IsMuted(r, now));
        var silent = eligible;
        int voters = 0, answering = 0, settled = 0, settledAlone = 0;
        Failing all = default, believed = default;
        var doubt = false;
        var othersAnswer = false;
        foreach (var sight in state.Sights) othersAnswer |= sight.Answers > 0 && AvailabilityRule.Votes(sight, env);
        var (maintenance, inVain) = (state.Maintenance, state.AskedInVain >= policy.AsksInVain);
        var (since, failedAt) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        var configured = env.Policy.Schedule.Regions.Length;
        foreach (var sight in state.Sights)
        {
            var heard = state.Phase != AvailabilityPhase.Suspect || sight.LastAt >= state.FailingSince;
            if (heard && sight.LastAt != default) silent--;
            if (!AvailabilityRule.Votes(sight, env) || (!heard && state.AskedInVain >= policy.AsksInVain)) continue;
            voters++;
            if (sight.Failures > 0 && sight.Phase is AvailabilityPhase.Up or AvailabilityPhase.Suspect) doubt = true;
            if (sight.Failures > 0 && sight.RunSince < since) since = sight.RunSince;
            if (sight.Failures > 0 && sight.LastAt > failedAt) failedAt = sight.LastAt;
            if (sight.Failures >= policy.FailuresToVote)
            {
                // In place of others, or beside a path that was known to be down, it must fail for longer, so that a fault of its own would be seen.
                var isFresh = sight.Phase is AvailabilityPhase.Up or AvailabilityPhase.Suspect;
                var isFirm = isFresh && sight.Failures >= policy.FailuresAlone && (configured == 1 || sight.CountedAt - sight.RunSince >= policy.FailingAlone);
                all = all.With(isFresh, isFirm);
                if (state.Phase != AvailabilityPhase.Suspect || !AvailabilityRule.IsDoubted(sight, id, othersAnswer, env)) believed = believed.With(isFresh, isFirm);
            }

            if (sight.Answers > 0) answering++;
            if (sight.Answers >= policy.AnswersToVote) settled++;
            if (sight.Answers >= policy.AnswersAlone) settledAlone++;
        }

        bool Decide(Failing failing) => !maintenance && (voters == 1 ? failing.Firm == 1 : failing.Count >= 2 && failing.Count * 2 > voters && (failing.Fresh >= 2 || failing.Firm >= 1))
            && (failing.Count * 2 > eligible || inVain);
        var sayDown = Decide(believed);
        return new Votes
        {
            Voters = voters,
            Eligible = eligible,
            Silent = silent,
            Failures = believed.Count,
            Answering = answering,
            SayDown = sayDown,
            Unheard = !sayDown && answering == 0 && Decide(all),
            SayUp = !sayDown && voters > 0 && (voters == 1 ? settledAlone == 1 : settled * 2 >= voters),
            Hope = voters > 0 && answering * 2 >= voters,
            Doubt = doubt && !state.Maintenance,
            FailedAt = failedAt,
            FailingSince = since,
        };
    }

    // Regions with failures in a row; those of them whose path was not known to be down before; those that would decide alone.
    private readonly record struct Failing(int Count, int Fresh, int Firm)
    {
        public Failing With(bool isFresh, bool isFirm) => new(Count + 1, Fresh + (isFresh ? 1 : 0), Firm + (isFirm ? 1 : 0));
    }
}
