using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>The leaderboard for a person, at <c>/</c>: one HTML table that needs no script and no second request.</summary>
internal sealed class LeaderboardPage(ILeaderboard leaderboard, WebOptions options, InstrumentParts instrument)
{
    public Task HandleAsync(HttpContext context)
    {
        var snapshot = leaderboard.Current;
        var regions = snapshot.Rows.SelectMany(row => row.Cells).Select(cell => cell.Region).Where(region => region != RegionId.Global).Distinct().Order().ToArray();
        var query = PageQuery.Parse(context.Request.QueryString, regions);
        var html = new PageWriter(options, snapshot, regions, query, instrument.Current()).Write(PageRow.Sorted(snapshot.Rows, query));

        return HtmlReply.SendAsync(context, html);
    }
}
