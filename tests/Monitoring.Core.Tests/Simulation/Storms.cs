namespace Monitoring.Core.Tests;

/// <summary>Many orchestrators that drop out in the same instant: more than a third of them, which is the network's affair, or fewer.</summary>
internal static class Storms
{
    private static readonly double[] Shares = [0.15, 0.4, 0.6, 1.0];

    /// <summary>A storm, and who is in it.</summary>
    internal sealed record Storm(Span Span, ImmutableHashSet<int> Numbers);

    public static World Of(int orchestrators, int days, bool controls, params RegionId[] regions)
    {
        var storms = new List<Storm>();
        return new World(orchestrators, days)
        {
            Regions = [.. regions],
            Liveness = true,
            HasControls = controls,
            Restarts = 0,
            Churns = false,
            Born = (number, chance) =>
            {
                if (number == 0) storms.AddRange(Draw(orchestrators, chance));
                return new SimulatedOrchestrator(number, Nature.Failing, Sample.Record($"o{number}.example"), [.. storms.Where(s => s.Numbers.Contains(number)).Select(s => s.Span)]);
            },
            Befall = (simulation, chance) =>
            {
                simulation.Storms.AddRange(storms);

                // A single region whose own network is gone sees what it would see if the network were.
                if (regions.Length > 1) return;
                foreach (var (before, after) in storms.Zip(storms.Skip(1)))
                {
                    var from = before.Span.Until + TimeSpan.FromMinutes(60);
                    if (chance.Random.OneIn(2) && from.AddMinutes(80) < after.Span.From) simulation.Regions[0].Silent.Add(new Span(from, from.AddMinutes(20)));
                }
            },
        };
    }

    private static IEnumerable<Storm> Draw(int orchestrators, Chance chance)
    {
        var number = 0;
        foreach (var span in chance.Series((20, 45), (180, 300)))
        {
            int[] all = [.. Enumerable.Range(0, orchestrators)];
            chance.Random.Shuffle(all);
            yield return new Storm(span, [.. all.Take((int)(orchestrators * Shares[number++ % Shares.Length]))]);
        }
    }
}
