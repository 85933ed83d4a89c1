using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Writes one page. Whatever a stranger chose (service URIs) or an operator configured (names) passes <see cref="Text"/>; the rest is ours.</summary>
internal sealed class PageWriter(WebOptions options, LeaderboardSnapshot snapshot, RegionId[] regions, PageQuery query, ImmutableArray<InstrumentState> instrument)
{
    /// <summary>Rows on one page.</summary>
    public const int RowsPerPage = 100;

    internal static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _html = new(64 * 1024);

    public string Write(List<PageRow> rows)
    {
        var pages = Math.Max(1, (rows.Count + RowsPerPage - 1) / RowsPerPage);
        var page = Math.Min(query.Page, pages);
        Add("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
        Text(options.Title);
        Add("</title><style>").Append(PageStyle.Css).Append("</style></head><body>\n<header><h1>");
        Text(options.Title);
        Add("</h1>");
        if (options.Banner.Length > 0)
        {
            Add("<p class=\"banner\" role=\"note\">");
            Text(options.Banner);
            Add("</p>");
        }

        WriteAsOf(rows.Count);
        WriteTrouble();
        Add("</header>\n");
        WriteRegions();
        Add("<main>");
        if (rows.Count == 0) Add("<p>No results are published yet.</p>");
        else WriteTable(rows.Skip((page - 1) * RowsPerPage).Take(RowsPerPage));
        WritePages(page, pages);
        WriteInstrument();
        Add("</main>\n");
        WriteFooter();
        Add("</body></html>\n");
        return _html.ToString();
    }

    private void WriteAsOf(int count)
    {
        Add("<p class=\"faint\">");
        if (snapshot.Version == 0) Add("No results yet");
        else Add("As of ").Append(Time(snapshot.AsOf));
        _html.Append(CultureInfo.InvariantCulture, $" · window: the last {options.Window.TotalHours:0.##} hours by test time · ");
        _html.Append(CultureInfo.InvariantCulture, $"{count} orchestrator{(count == 1 ? "" : "s")} · ");
        if (query.Region is { } region) Name(region);
        else Add("all regions, mean of those measured");
        Add("</p>");
    }

    private void WriteRegions()
    {
        if (regions.Length == 0) return;
        Add("<nav aria-label=\"Region\">");
        WriteRegionLink(null);
        foreach (var region in regions)
        {
            WriteRegionLink(region);
        }

        Add("</nav>\n");
    }

    private void WriteRegionLink(RegionId? region)
    {
        var column = query.Column is PageColumn.Cell or PageColumn.RealTime or PageColumn.LastTest ? PageColumn.Score : query.Column;
        var link = new PageQuery(region, column, null, query.Descending, 1);
        Add("<a href=\"").Append(link.Href()).Append('"').Append(region == query.Region ? " aria-current=\"true\"" : "").Append('>');
        if (region is { } one) Name(one);
        else Add("All regions");
        Add("</a>");
    }

    private void WriteTable(IEnumerable<PageRow> rows)
    {
        Add("<div class=\"table\" role=\"region\" aria-label=\"Leaderboard\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">Rank</th>");
        WriteHead("Orchestrator", PageColumn.Orchestrator, null);
        WriteHead("Score (0–10)", PageColumn.Score, null);
        WriteHead("Success", PageColumn.Success, null);
        WriteHead("Latency (0–10)", PageColumn.Latency, null);
        if (query.Region is not null) WriteHead("Real time", PageColumn.RealTime, null);
        WriteHead("Tests", PageColumn.Tests, null);
        WriteHead("Coverage", PageColumn.Coverage, null);
        WriteHead("Available", PageColumn.Available, null);
        if (query.Region is null)
        {
            foreach (var region in regions)
            {
                WriteHead(region.Code, PageColumn.Cell, region);
            }
        }
        else
        {
            Add("<th scope=\"col\">State</th>");
            WriteHead("Last test", PageColumn.LastTest, null);
        }

        Add("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            WriteRow(row);
        }

        Add("</tbody></table></div>");
    }

    private void WriteHead(string title, PageColumn column, RegionId? cell)
    {
        var active = query.Column == column && query.CellRegion == cell;
        var descending = active ? !query.Descending : column != PageColumn.Orchestrator;
        Add("<th scope=\"col\"").Append(column == PageColumn.Orchestrator ? " class=\"name\"" : "");
        if (active) Add(query.Descending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"");
        Add("><a href=\"").Append(new PageQuery(query.Region, column, cell, descending, 1).Href()).Append("\">").Append(title).Append("</a>");
        if (active) Add(query.Descending ? " ▼" : " ▲");
        Add("</th>");
    }

    private void WriteRow(PageRow row)
    {
        _html.Append(CultureInfo.InvariantCulture, $"<tr><td>{row.Rank}</td><th scope=\"row\"><a href=\"/orchestrators/{row.Source.Orchestrator}\">{row.Source.Orchestrator}</a>");
        WriteAbout(row.Source);
        Add("</th>");
        var only = query.Region is null ? null : row.Cells[0].Cell;
        Cell(Ten(row.Score), only is null ? null : $"{Ten(only.ScoreLow)} to {Ten(only.ScoreHigh)}");
        Cell(Percent(row.Success), only is null ? null : $"{Percent(only.SuccessRateLow)} to {Percent(only.SuccessRateHigh)}");
        Cell(Ten(row.Latency), null);
        if (only is not null) Cell(Percent(only.RealTimeRate), null);
        Cell(row.Tests.ToString(CultureInfo.InvariantCulture), null);
        Cell(row.Coverage is { } coverage ? Percent(coverage) : "–", null);
        Cell(row.Available is { } available ? Percent(available) : "–", null);
        if (only is not null)
        {
            Cell(Word(only.State) is { Length: > 0 } word ? word : "measured", null);
            Cell(only.LastTestAt is { } at ? Time(at) : "–", null);
        }
        else
        {
            foreach (var region in regions)
            {
                if (row.CellOf(region) is { } cell) Cell(Ten(cell.Score), Word(cell.State));
                else Cell("–", null);
            }
        }

        Add("</tr>\n");
    }

    private void WriteAbout(LeaderboardRow row)
    {
        if (row.ServiceUri.Length > 0)
        {
            Add("<small>");
            Text(row.ServiceUri.Length <= 80 ? row.ServiceUri : row.ServiceUri[..79] + "…");
            Add("</small>");
        }

        if (!row.Verified) Add(options.PublishUnverified ? "<small>address not verified</small>" : "<small>address not verified: not in the API</small>");
        if (!row.Active) Add("<small>left the active set</small>");
    }

    private void WritePages(int page, int pages)
    {
        if (pages == 1) return;
        Add("<nav aria-label=\"Pages\">");
        if (page > 1) Add("<a rel=\"prev\" href=\"").Append((query with { Page = page - 1 }).Href()).Append("\">Previous</a>");
        _html.Append(CultureInfo.InvariantCulture, $"<span>Page {page} of {pages}</span>");
        if (page < pages) Add("<a rel=\"next\" href=\"").Append((query with { Page = page + 1 }).Href()).Append("\">Next</a>");
        Add("</nav>");
    }

    // Above the board, because what is wrong with the instrument decides how much the figures below are worth.
    private void WriteTrouble()
    {
        var alarms = instrument.Count(state => state.Level == InstrumentLevel.Alarm);
        if (alarms > 0) _html.Append(CultureInfo.InvariantCulture, $"<p class=\"banner\" role=\"status\"><a href=\"#instrument\">The instrument raises {alarms} alarm{(alarms == 1 ? "" : "s")}</a></p>");
    }

    private void WriteInstrument()
    {
        if (instrument.IsEmpty) return;
        Add("<section id=\"instrument\" aria-labelledby=\"instrument-title\"><h2 id=\"instrument-title\">Instrument</h2><ul>\n");
        foreach (var state in instrument)
        {
            Add("<li class=\"").Append(InstrumentParts.WordOf(state.Level)).Append("\"><b>");
            Text(state.Name);
            Add("</b> ").Append(InstrumentParts.WordOf(state.Level)).Append(": ");
            Text(state.Text);
            Add(" <span class=\"faint\">since ").Append(Time(state.Since)).Append("</span></li>\n");
        }

        Add("</ul></section>\n");
    }

    private void WriteFooter()
    {
        Add("<footer><p>Score is success × latency. Success is the share of expected renditions that came back valid; small figures are its 95 % interval. Latency is ");
        Add("1 − e<sup>−duration / round trip</sup>; above 6.32 is faster than real time. Tests are those counted; coverage is counted / planned. Available is the share of the last 24 hours in which it answered at all.</p>");
        Add("<p>“zero”: nothing counted in the window and the latest evidence is against the orchestrator. “held”: we measured nothing, the last value stands. “–”: not measured.</p>");
        Add("<p>Data: <a href=\"/api/aggregated_stats\">scores</a>, <a href=\"/api/regions\">regions</a>; the address links to what is known of one orchestrator, and why.</p></footer>");
    }

    private void Name(RegionId region)
    {
        var listed = options.Regions.FirstOrDefault(r => r.Id == region && r.Type == JobType.Transcoding);
        Text(listed is null ? region.Code : $"{listed.Name} ({region.Code})");
    }

    private void Cell(string value, string? note)
    {
        Add("<td>").Append(value);
        if (!string.IsNullOrEmpty(note)) Add(" <i>").Append(note).Append("</i>");
        Add("</td>");
    }

    private StringBuilder Add(string ours) => _html.Append(ours);

    private void Text(string foreign) => _html.Append(Encoder.Encode(foreign));

    private static string Word(CellState state) => state switch { CellState.Zero => "zero", CellState.Held => "held", _ => "" };

    internal static string Ten(double score) => (Finite(score) * 10).ToString("0.00", CultureInfo.InvariantCulture);

    internal static string Percent(double share) => (Finite(share) * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;

    internal static string Time(DateTimeOffset at) => string.Create(
        CultureInfo.InvariantCulture, $"<time datetime=\"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\">{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC</time>");
}
