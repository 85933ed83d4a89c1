namespace Monitoring.Core.Tests;

/// <summary>
/// Days in which orchestrators drop out, one now and one then, under an instrument that has every fault: regions that fail alone and two in the
/// same instant, with and without controls that show it, processes that stand still, ways that are cut, a hub that dies, a chain out of reach, a
/// wallet that runs dry, a page that hangs.
/// </summary>
internal static class Outages
{
    public static World Of(int orchestrators, int days, params RegionId[] regions) => new(orchestrators, days)
    {
        Regions = [.. regions],
        Liveness = true,
        Restarts = 4,
        Churns = false,
        Born = Born,
        Befall = Befall,
    };

    private static SimulatedOrchestrator Born(int number, Chance chance)
    {
        var (nature, bad) = (number % 20) switch
        {
            < 6 => (Nature.Failing, chance.Series((15, 50), (120, 420))),
            6 => (Nature.Remote, [chance.Sometime(60, 360), chance.Sometime(60, 360)]),
            7 => (Nature.Rocking, [chance.Sometime(60, 240)]),
            8 => (Nature.Slow, [chance.Sometime(60, 240)]),
            9 => (Nature.Pricey, Long(chance, 14, 24)),
            10 => (Nature.Capping, Long(chance, 20, 30)),
            11 => (Nature.Dragging, Long(chance, 26, 30)),
            12 => (Nature.Untested, Long(chance, 22, 26)),
            _ => (Nature.Perfect, Enumerable.Empty<Span>()),
        };
        return new SimulatedOrchestrator(number, nature, Sample.Record($"o{number}.example"), [.. bad]);
    }

    // After a day of good tests, and so that its end is seen too.
    private static IEnumerable<Span> Long(Chance chance, int leastHours, int mostHours)
    {
        var from = chance.Start.AddHours(24 + chance.Random.Below(3));
        yield return new Span(from, from + chance.Minutes(leastHours * 60, mostHours * 60));
    }

    private static Span LongFreeze(Simulation simulation) => new(simulation.Start.AddHours(40), simulation.Start.AddHours(61));

    private static void Befall(Simulation simulation, Chance chance)
    {
        var regions = simulation.Regions;
        var apart = TimeSpan.FromMinutes(60);
        if (regions.Count >= 3)
        {
            for (var i = 0; i < 6; i++)
            {
                // Where all that are at work are silent nobody can know it.
                var span = chance.Sometime(10, 60);
                if (LongFreeze(simulation).Touches(span.From - apart, span.Until + apart) || regions.Any(r => r.Silent.Any(s => s.Touches(span.From - apart, span.Until + apart)))) continue;
                var well = chance.Random.Below(regions.Count);
                for (var r = 0; r < regions.Count; r++)
                {
                    if (r != well) regions[r].Silent.Add(span);
                }
            }
        }

        foreach (var region in regions)
        {
            // Where one votes alone, nobody can see that it is silent.
            if (regions.Count > 1) Add(region.Silent, 2, 20, 90);
            Add(region.Failing, 2, 5, 60);
            Add(region.Frozen, 2, 15, 60);
            Add(region.Frozen, 6, 1, 6);
            Add(region.CutOff, 1, 30, 120);
        }

        // For most of a day one region tests nothing.
        if (regions.Count > 1) regions[^1].Frozen.Add(LongFreeze(simulation));
        foreach (var spans in new[] { simulation.Instrument.Poor, simulation.Instrument.NoChain, simulation.Instrument.Stuck })
        {
            spans.AddRange(chance.Series((8, 90), (300, 1200)));
        }

        void Add(List<Span> to, int times, int least, int most)
        {
            for (var tries = 0; times > 0 && tries < 100; tries++)
            {
                var span = chance.Sometime(least, most);

                // Of two regions the other must be at work, or nobody can know that this one is silent.
                if (regions.Count == 2 && ReferenceEquals(to, regions[0].Silent) && LongFreeze(simulation).Touches(span.From - apart, span.Until + apart)) continue;
                if (regions.Any(r => r.Silent.Concat(ReferenceEquals(to, r.Silent) ? r.Failing.Concat(r.Frozen).Concat(r.CutOff) : []).Any(s => s.Touches(span.From - apart, span.Until + apart)))) continue;
                to.Add(span);
                times--;
            }
        }
    }
}
