using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Benchmarks;

/// <summary>A full board: each orchestrator measured from every region, no two cells alike.</summary>
internal sealed class SampleBoard : ILeaderboard
{
    private LeaderboardSnapshot _current;

    /// <param name="orchestrators">How many.</param>
    public SampleBoard(int orchestrators) => _current = new LeaderboardSnapshot(1, DateTimeOffset.UnixEpoch, [.. Enumerable.Range(0, orchestrators)
        .Select(n => (Number: n, Entry: Network.Entry(n)))
        .OrderBy(o => o.Entry.Id)
        .Select(o => new LeaderboardRow(o.Entry.Id, o.Entry.ServiceUri, true, true, Cells(o.Number)))]);

    /// <inheritdoc />
    public LeaderboardSnapshot Current => Volatile.Read(ref _current);

    /// <summary>From now on one row after the other changes, as results come in. The length of the answer stays what it is.</summary>
    public IAsyncDisposable ChangeEvery(TimeSpan period)
    {
        var at = 0;
        return new Timer(_ =>
        {
            var rows = Current.Rows;
            var (a, b) = (rows[at], rows[(at + 1) % rows.Length]);
            at = (at + 1) % rows.Length;
            var next = rows.Replace(a, a with { Cells = b.Cells }).Replace(b, b with { Cells = a.Cells });
            Volatile.Write(ref _current, Current with { Version = Current.Version + 1, Rows = next });
        }, null, period, period);
    }

    private static ImmutableArray<LeaderboardCell> Cells(int n) => [.. Network.Regions.Select((region, r) => new LeaderboardCell(region, Cell((n * 3) + r)))];

    private static PublishedCell Cell(int n)
    {
        var scores = ScoreFormula.Of(new ScoreSums(480 - (n % 29), 480, 240_000_000, 70_000_000 + (n * 7919L % 90_000_000)));
        return new PublishedCell
        {
            State = CellState.Measured, SuccessRate = scores.SuccessRate, RoundTripScore = scores.RoundTripScore, Score = scores.Total, Tests = 8, Planned = 8,
        };
    }
}
