namespace Monitoring.Benchmarks;

/// <summary>What a round yields one number of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Format">How a number of it is written.</param>
internal sealed record Metric(string Name, string Unit, string Format = "0.##");

/// <summary>One of those compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Round">One round: a number for each metric, in their order.</param>
internal sealed record Contestant(string Name, Func<Task<double[]>> Round);

/// <summary>
/// Contestants that take turns: A-B-A-B, so that whatever else the machine does falls on all of them. The first is what is measured, the last
/// is what it is compared with. Each has one round to warm up, which is written down but not counted; of the others nothing is left out.
/// </summary>
internal sealed class Comparison
{
    /// <summary>The name, also of its file.</summary>
    public required string Name { get; init; }

    /// <summary>What is compared, in a sentence.</summary>
    public required string Title { get; init; }

    /// <summary>What is measured in each round.</summary>
    public required ImmutableArray<Metric> Metrics { get; init; }

    /// <summary>Who takes turns.</summary>
    public required ImmutableArray<Contestant> Contestants { get; init; }

    /// <summary>What should come out.</summary>
    public ImmutableArray<Goal> Goals { get; init; } = [];

    /// <summary>What else whoever reads the numbers must know.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Single measurements behind the numbers of the rounds, by contestant, for the file; null where a round is one.</summary>
    public Func<IReadOnlyDictionary<string, IReadOnlyList<double[]>>>? Samples { get; init; }

    /// <summary>Lets them take turns.</summary>
    public async Task<ComparisonOutcome> RunAsync(int rounds, CancellationToken stop)
    {
        var before = Machine.LoadText();
        var warmUp = Contestants.ToDictionary(c => c.Name, _ => Array.Empty<double>());
        var values = Contestants.ToDictionary(c => c.Name, _ => new List<double[]>());
        for (var round = -1; round < rounds; round++)
        {
            foreach (var contestant in Contestants)
            {
                stop.ThrowIfCancellationRequested();
                var measured = await contestant.Round();
                if (round < 0) warmUp[contestant.Name] = measured;
                else values[contestant.Name].Add(measured);
            }
        }

        return new ComparisonOutcome(this, warmUp, values, before, Machine.LoadText());
    }
}

/// <summary>Everything that came out.</summary>
/// <param name="Of">What was compared.</param>
/// <param name="WarmUp">By contestant: the round that is not counted.</param>
/// <param name="Rounds">By contestant: each counted round's numbers.</param>
/// <param name="LoadBefore">/proc/loadavg before.</param>
/// <param name="LoadAfter">/proc/loadavg after; it holds the load of the measurement itself.</param>
internal sealed record ComparisonOutcome(
    Comparison Of, IReadOnlyDictionary<string, double[]> WarmUp, IReadOnlyDictionary<string, List<double[]>> Rounds, string LoadBefore, string LoadAfter)
{
    /// <summary>The numbers of one contestant and metric, in order of the rounds.</summary>
    public Distribution this[string contestant, int metric] => new([.. Rounds[contestant].Select(round => round[metric])]);

    /// <summary>A contestant's ratio to another: of their medians, with the range of the ratios of the same round.</summary>
    public (double OfMedians, Distribution ByRound) Ratio(string contestant, string other, int metric)
    {
        var (a, b) = (this[contestant, metric], this[other, metric]);
        return (a.Median / b.Median, new Distribution([.. a.Values.Zip(b.Values, (x, y) => x / y)]));
    }
}
