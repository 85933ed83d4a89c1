using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>One line of the page: an orchestrator over all regions it was measured in, or in one of them.</summary>
internal sealed record PageRow
{
    public required LeaderboardRow Source { get; init; }

    /// <summary>The cells behind it, in order of their regions.</summary>
    public required ImmutableArray<LeaderboardCell> Cells { get; init; }

    public required double Score { get; init; }

    public required double Success { get; init; }

    public required double Latency { get; init; }

    public required int Tests { get; init; }

    /// <summary>Counted / planned, or null where there is no plan.</summary>
    public required double? Coverage { get; init; }

    /// <summary>Share of the day in which it answered, the mean of the regions that know; null where none does.</summary>
    public required double? Available { get; init; }

    /// <summary>Position by score, from 1.</summary>
    public int Rank { get; init; }

    /// <summary>
    /// The row of an orchestrator. Over several regions the scores are the plain mean of those present, as the explorer's GLOBAL is; null when
    /// nothing is published.
    /// </summary>
    public static PageRow? Of(LeaderboardRow source, RegionId? region)
    {
        var cells = source.Cells.Where(cell => cell.Region != RegionId.Global && (region is null || cell.Region == region)).ToImmutableArray();
        if (cells.IsEmpty) return null;
        var planned = cells.Sum(cell => (long)cell.Cell.Planned);
        return new PageRow
        {
            Source = source,
            Cells = cells,
            Score = cells.Average(cell => cell.Cell.Score),
            Success = cells.Average(cell => cell.Cell.SuccessRate),
            Latency = cells.Average(cell => cell.Cell.RoundTripScore),
            Tests = cells.Sum(cell => cell.Cell.Tests),
            Available = cells.Average(cell => cell.Availability),
            Coverage = planned == 0 ? null : cells.Sum(cell => (double)Math.Min(cell.Cell.Tests, cell.Cell.Planned)) / planned,
        };
    }

    /// <summary>All rows in the order asked for; a missing value comes last in either direction, and equals stay in order of rank.</summary>
    public static List<PageRow> Sorted(IEnumerable<LeaderboardRow> rows, PageQuery query)
    {
        var ranked = rows.Select(row => Of(row, query.Region)).OfType<PageRow>()
            .OrderByDescending(row => row.Score).ThenBy(row => row.Source.Orchestrator)
            .Select((row, index) => row with { Rank = index + 1 }).ToList();
        if (query.Column == PageColumn.Orchestrator)
        {
            return [.. query.Descending ? ranked.OrderByDescending(row => row.Source.Orchestrator) : ranked.OrderBy(row => row.Source.Orchestrator)];
        }

        var present = ranked.OrderBy(row => row.ValueOf(query) is null);
        return [.. query.Descending ? present.ThenByDescending(row => row.ValueOf(query)) : present.ThenBy(row => row.ValueOf(query))];
    }

    /// <summary>The cell of a region, or null.</summary>
    public PublishedCell? CellOf(RegionId region) => Cells.FirstOrDefault(cell => cell.Region == region)?.Cell;

    private double? ValueOf(PageQuery query) => query.Column switch
    {
        PageColumn.Success => Success,
        PageColumn.Latency => Latency,
        PageColumn.RealTime => Cells[0].Cell.RealTimeRate,
        PageColumn.Tests => Tests,
        PageColumn.Coverage => Coverage,
        PageColumn.Available => Available,
        PageColumn.LastTest => Cells[0].Cell.LastTestAt?.ToUnixTimeMilliseconds(),
        PageColumn.Cell when query.CellRegion is { } region => CellOf(region)?.Score,
        _ => Score,
    };
}
