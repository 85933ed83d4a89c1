using Monitoring.Core;

namespace Monitoring.Benchmarks;

/// <summary>A full window, and the samples that come next, evenly spaced: each that is added pushes one out.</summary>
internal sealed class WindowSeries
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);
    private readonly WindowEntry[] _entries;
    private readonly int _size;
    private readonly Window _full;
    private readonly Policy _policy;

    /// <param name="size">Samples in the window.</param>
    public WindowSeries(int size)
    {
        _size = size;
        _policy = Network.Policy with { Window = Step * size };
        var start = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var orchestrator = Network.Orchestrator(1);
        _entries = [.. Enumerable.Range(0, size + Operations).Select(i =>
        {
            var at = start + (Step * i);
            var test = new PlannedTest(TestId.Planned(DateOnly.FromDateTime(at.UtcDateTime), i, Network.Regions[0], orchestrator), orchestrator, Network.Regions[0], at, Surprise: false);
            return WindowEntry.Of(Measured.Revision(Measured.Of(test, "https://192.0.2.1:8935", complete: i % 10 == 0 ? 12 : 15)));
        })];
        _full = Window.Of(_entries.Take(size));
    }

    /// <summary>Samples that one pass adds.</summary>
    public int Operations { get; } = 1000;

    /// <summary>Adds each sample, drops what is too old, and publishes.</summary>
    /// <returns>The sum of the scores.</returns>
    public double Publish()
    {
        var window = _full;
        double sum = 0;
        for (var i = _size; i < _entries.Length; i++)
        {
            var now = _entries[i].TestTime;
            window = window.With(_entries[i]).Trim(now - _policy.Window);
            sum += PublicationRule.Of(new Cell { Region = Network.Regions[0], Window = window }, null, now, _policy)!.Score;
        }

        return sum;
    }

    /// <summary>Adds each sample, drops what is too old, and scores.</summary>
    /// <returns>The sum of the scores.</returns>
    public double Total()
    {
        var window = _full;
        double sum = 0;
        for (var i = _size; i < _entries.Length; i++)
        {
            var cut = _entries[i].TestTime - _policy.Window;
            window = window.With(_entries[i]).Trim(cut);
            sum += ScoreFormula.Of(window.Total(cut, _policy.Capped).Sums).Total;
        }

        return sum;
    }

    /// <summary>Adds up the same samples where they lie.</summary>
    /// <returns>The sum of the scores.</returns>
    public double Fold()
    {
        double sum = 0;
        for (var i = _size; i < _entries.Length; i++)
        {
            ScoreSums sums = default;
            foreach (var entry in _entries.AsSpan(i - _size + 1, _size)) sums += entry.Sums;
            sum += ScoreFormula.Of(sums).Total;
        }

        return sum;
    }
}
