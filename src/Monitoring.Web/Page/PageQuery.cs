using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What the page is asked to show. The link is the state: anything not understood falls back to the default, and nothing of it is echoed.</summary>
/// <param name="Region">One region, or null for all.</param>
/// <param name="Column">The column to sort by; <see cref="PageColumn.Cell"/> with <paramref name="CellRegion"/>.</param>
/// <param name="CellRegion">The region whose column sorts.</param>
/// <param name="Descending">Largest first.</param>
/// <param name="Page">From 1.</param>
internal sealed record PageQuery(RegionId? Region, PageColumn Column, RegionId? CellRegion, bool Descending, int Page)
{
    private const int LastPage = 10_000;

    public static PageQuery Parse(QueryString text, IReadOnlyCollection<RegionId> regions)
    {
        var values = StatsQuery.Values(text);
        var region = KnownRegion(values.GetValueOrDefault("region"), regions);
        var sort = values.GetValueOrDefault("sort", "score");
        var cell = region is null ? KnownRegion(sort, regions) : null;
        var column = cell is not null ? PageColumn.Cell : sort switch
        {
            "orchestrator" => PageColumn.Orchestrator,
            "success" => PageColumn.Success,
            "latency" => PageColumn.Latency,
            "realtime" when region is not null => PageColumn.RealTime,
            "tests" => PageColumn.Tests,
            "coverage" => PageColumn.Coverage,
            "available" => PageColumn.Available,
            "last" when region is not null => PageColumn.LastTest,
            _ => PageColumn.Score,
        };
        var descending = values.GetValueOrDefault("dir") switch { "asc" => false, "desc" => true, _ => column != PageColumn.Orchestrator };
        var page = int.TryParse(values.GetValueOrDefault("page"), out var number) ? Math.Clamp(number, 1, LastPage) : 1;
        return new PageQuery(region, column, cell, descending, page);
    }

    /// <summary>The link to this page, with its ampersands written for HTML.</summary>
    public string Href()
    {
        var sort = Column == PageColumn.Cell ? CellRegion?.Code : NameOf(Column);
        return $"?sort={sort}&amp;dir={(Descending ? "desc" : "asc")}{(Region is { } one ? $"&amp;region={one.Code}" : "")}{(Page > 1 ? $"&amp;page={Page}" : "")}";
    }

    private static string NameOf(PageColumn column) => column switch
    {
        PageColumn.Orchestrator => "orchestrator",
        PageColumn.Success => "success",
        PageColumn.Latency => "latency",
        PageColumn.RealTime => "realtime",
        PageColumn.Tests => "tests",
        PageColumn.Coverage => "coverage",
        PageColumn.Available => "available",
        PageColumn.LastTest => "last",
        _ => "score",
    };

    private static RegionId? KnownRegion(string? code, IReadOnlyCollection<RegionId> regions) =>
        RegionId.TryParse(code, out var region) && regions.Contains(region) ? region : null;
}

/// <summary>The columns that can be sorted by.</summary>
internal enum PageColumn
{
    Score,
    Orchestrator,
    Success,
    Latency,
    RealTime,
    Tests,
    Coverage,

    /// <summary>Share of the day in which it answered.</summary>
    Available,
    LastTest,
    Cell,
}
