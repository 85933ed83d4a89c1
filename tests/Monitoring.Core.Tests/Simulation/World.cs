namespace Monitoring.Core.Tests;

/// <summary>What a run consists of: who is there, and what befalls them. Left out, it is the week of every kind of trouble.</summary>
internal sealed record World(int Orchestrators, int Days)
{
    public ImmutableArray<RegionId> Regions { get; init; } = Sample.Schedule.Regions;

    /// <summary>Whether the regions watch over life, and somebody is told.</summary>
    public bool Liveness { get; init; }

    /// <summary>Whether the regions have controls.</summary>
    public bool HasControls { get; init; } = true;

    /// <summary>How often the hub dies.</summary>
    public int Restarts { get; init; } = 8;

    /// <summary>Whether the registry moves, loses and finds orchestrators.</summary>
    public bool Churns { get; init; } = true;

    /// <summary>Makes the orchestrator of a number.</summary>
    public Func<int, Chance, SimulatedOrchestrator>? Born { get; init; }

    /// <summary>What happens to the instrument.</summary>
    public Action<Simulation, Chance>? Befall { get; init; }
}

/// <summary>Draws for the making of a world.</summary>
internal sealed record Chance(SplitMix Random, DateTimeOffset Start, DateTimeOffset End)
{
    public DateTimeOffset Sometime() => Start + TimeSpan.FromTicks(Random.Below((End - Start).Ticks));

    public TimeSpan Minutes(int least, int most) => TimeSpan.FromSeconds((least * 60) + Random.Below((most - least) * 60));

    public Span Sometime(int leastMinutes, int mostMinutes)
    {
        var from = Sometime();
        return new Span(from, from + Minutes(leastMinutes, mostMinutes));
    }

    /// <summary>Spans with pauses between, over the whole run.</summary>
    public IEnumerable<Span> Series((int Least, int Most) minutes, (int Least, int Most) pauses)
    {
        for (var at = Start + Minutes(60, pauses.Most); ; at += Minutes(pauses.Least, pauses.Most))
        {
            var until = at + Minutes(minutes.Least, minutes.Most);
            if (until > End.AddMinutes(-30)) yield break;
            yield return new Span(at, until);
            at = until;
        }
    }
}
