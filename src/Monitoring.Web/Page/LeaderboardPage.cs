using System.Text;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>The leaderboard for a person, at <c>/</c>: one HTML table that needs no script and no second request.</summary>
internal sealed class LeaderboardPage(ILeaderboard leaderboard, WebOptions options, InstrumentParts instrument)
{
    public async Task HandleAsync(HttpContext context)
    {
        var snapshot = leaderboard.Current;
        var regions = snapshot.Rows.SelectMany(row => row.Cells).Select(cell => cell.Region).Where(region => region != RegionId.Global).Distinct().Order().ToArray();
        var query = PageQuery.Parse(context.Request.QueryString, regions);
        var html = new PageWriter(options, snapshot, regions, query, instrument.Current()).Write(PageRow.Sorted(snapshot.Rows, query));
        var bytes = Encoding.UTF8.GetBytes(html);

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PageStyle.Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = Headers.PublicCache;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }
}
