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

    /// <summary>Those of them whose run of failures makes a vote.</summary>
    public int Failing { get; private init; }

    /// <summary>Those of them that had an answer last.</summary>
    public int Answering { get; private init; }

    /// <summary>Enough regions say that it is down.</summary>
    public bool SayDown { get; private init; }

    /// <summary>Enough regions say that it is up, and not enough say the contrary.</summary>
    public bool SayUp { get; private init; }

    /// <summary>As many as could say so soon had an answer.</summary>
    public bool Hope { get; private init; }

    /// <summary>Some region had no answer last, and it is not only the known fault of that region's path.</summary>
    public bool Doubt { get; private init; }

    /// <summary>The first failure of the runs of failures, UTC.</summary>
    public DateTimeOffset FailingSince { get; private init; }

    public static Votes Of(AvailabilityState state, in Env env)
    {
        var policy = env.Policy.Availability;
        var now = env.Now;
        var regions = env.Regions;
        var eligible = env.Policy.Schedule.Regions.Count(r => !regions.IsMuted(r, now));
        var silent = eligible;
        int voters = 0, failing = 0, fresh = 0, firm = 0, answering = 0, settled = 0, settledAlone = 0;
        var doubt = false;
        var since = DateTimeOffset.MaxValue;
        var configured = env.Policy.Schedule.Regions.Length;
        foreach (var sight in state.Sights)
        {
            var heard = state.Phase != AvailabilityPhase.Suspect || sight.LastAt >= state.FailingSince;
            if (heard && sight.LastAt != default) silent--;
            if (!AvailabilityRule.Votes(sight, env) || (!heard && state.AskedInVain >= policy.AsksInVain)) continue;
            voters++;
            if (sight.Failures > 0 && sight.Phase is AvailabilityPhase.Up or AvailabilityPhase.Suspect) doubt = true;
            if (sight.Failures > 0 && sight.RunSince < since) since = sight.RunSince;
            if (sight.Failures >= policy.FailuresToVote)
            {
                failing++;
                if (sight.Phase is AvailabilityPhase.Up or AvailabilityPhase.Suspect) fresh++;
            }

            // In place of others, or beside a path that was known to be down, it must fail for longer, so that a fault of its own would be seen.
            if (sight.Failures >= policy.FailuresAlone && sight.Phase is (AvailabilityPhase.Up or AvailabilityPhase.Suspect) && (configured == 1 || sight.CountedAt - sight.RunSince >= policy.FailingAlone)) firm++;
            if (sight.Answers > 0) answering++;
            if (sight.Answers >= policy.AnswersToVote) settled++;
            if (sight.Answers >= policy.AnswersAlone) settledAlone++;
        }

        var sayDown = !state.Maintenance && (voters == 1 ? firm == 1 : failing >= 2 && failing * 2 > voters && (fresh >= 2 || firm >= 1))
            && (failing * 2 > eligible || state.AskedInVain >= policy.AsksInVain);
        return new Votes
        {
            Voters = voters,
            Eligible = eligible,
            Silent = silent,
            Failing = failing,
            Answering = answering,
            SayDown = sayDown,
            SayUp = !sayDown && voters > 0 && (voters == 1 ? settledAlone == 1 : settled * 2 >= voters),
            Hope = voters > 0 && answering * 2 >= voters,
            Doubt = doubt && !state.Maintenance,
            FailingSince = since,
        };
    }
}
