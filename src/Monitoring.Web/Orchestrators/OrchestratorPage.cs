using System.Globalization;
using System.Numerics;
using System.Text;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// The page of one orchestrator, at <c>/orchestrators/0x...</c>: why its score is what it is, in plain words. Whatever a stranger chose (service
/// URIs, error texts) passes <see cref="Text"/>; the rest is ours.
/// </summary>
internal sealed class OrchestratorPage(WebOptions options, OrchestratorView view)
{
    private const int StakeDecimals = 2;
    private static readonly BigInteger Lpt = BigInteger.Pow(10, 18);

    private readonly StringBuilder _html = new(16 * 1024);

    public string Write()
    {
        var entry = view.Entry;
        Add("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
        Text($"{entry.Id} – {options.Title}");
        Add("</title><style>").Append(PageStyle.Css).Append("</style></head><body>\n<header><h1>").Append(entry.Id.Text).Append("</h1>");
        if (options.Banner.Length > 0)
        {
            Add("<p class=\"banner\" role=\"note\">");
            Text(options.Banner);
            Add("</p>");
        }

        Add("<p>");
        Text(entry.ServiceUri.Length == 0 ? "no service URI is known" : entry.ServiceUri.Length <= 200 ? entry.ServiceUri : entry.ServiceUri[..199] + "…");
        Add("</p><p class=\"faint\">");
        Add(entry.Active ? "in the active set" : "left the active set");
        if (!entry.Verified) Add(" · address not verified: the source named none, so it was made from the service URI");
        if (view is { Price.Length: > 0, PriceAt: { } at })
        {
            Add(" · asked ");
            Text(view.Price.EndsWith("/1", StringComparison.Ordinal) ? view.Price[..^2] : view.Price);
            Add(" wei per pixel at ").Append(PageWriter.Time(at));
        }

        Add("</p></header>\n<main>");
        foreach (var region in view.Regions) WriteRegion(region);
        if (view.Regions.IsEmpty) Add("<p>It is in the active set and was not tested yet.</p>");
        if (entry.Stake is { } stake) WriteStake(stake);
        Add("</main>\n<footer><p>A score is success × latency over the counted tests of the last ");
        _html.Append(CultureInfo.InvariantCulture, $"{options.Window.TotalHours:0.##} hours. Success and fault count; excluded, void and not run do not.</p>");
        _html.Append(CultureInfo.InvariantCulture, $"<p><a href=\"/\">The leaderboard</a> · the same as data: <a href=\"/api/v1/orchestrators/{entry.Id}\">this page</a>, <a href=\"/api/raw_stats?orchestrator={entry.Id}\">every counted test</a></p></footer></body></html>\n");
        return _html.ToString();
    }

    private void WriteRegion(RegionView region)
    {
        Add("<section><h2>");
        var listed = options.Regions.FirstOrDefault(r => r.Id == region.Region && r.Type == JobType.Transcoding);
        Text(listed is null ? region.Region.Code : $"{listed.Name} ({region.Region.Code})");
        Add("</h2><p>");
        if (region.Cell is { } cell)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<b>Score {PageWriter.Ten(cell.Score)} of 10</b> = success {PageWriter.Percent(cell.SuccessRate)} × latency {PageWriter.Ten(cell.RoundTripScore)}; ");
            _html.Append(CultureInfo.InvariantCulture, $"{cell.Tests} of {cell.Planned} planned tests counted.</p><p>");
        }

        Text(region.Why(view.Entry.Active));
        Add("</p>");
        if (region.Latest.IsEmpty)
        {
            Add("</section>\n");
            return;
        }

        Add("<div class=\"table\"><table><thead><tr><th scope=\"col\" class=\"name\">Newest tests</th><th scope=\"col\">Class</th><th scope=\"col\">Code</th><th scope=\"col\">Renditions</th><th scope=\"col\" class=\"name\">What was seen</th></tr></thead>\n<tbody>");
        foreach (var outcome in region.Latest.Take(OrchestratorViews.LatestPerRegion)) WriteOutcome(outcome);
        Add("</tbody></table></div></section>\n");
    }

    private void WriteOutcome(JudgedOutcome outcome)
    {
        var sums = outcome.Revision.Summary?.Sums ?? default;
        Add("<tr><th scope=\"row\">").Append(PageWriter.Time(outcome.Revision.TestTime)).Append("</th><td>").Append(OutcomeWords.Of(outcome.Class));
        Add("</td><td>").Append(outcome.Code).Append("</td>");
        _html.Append(CultureInfo.InvariantCulture, $"<td>{sums.Received} of {sums.Expected}</td><td class=\"words\">");
        Add(OutcomeWords.Of(outcome.Code)).Append("; ").Append(OutcomeWords.MeaningOf(outcome.Class));
        if (outcome.Revision.Outcome.Detail is { Length: > 0 } detail)
        {
            Add("<small>");
            Text(detail);
            Add("</small>");
        }

        Add("</td></tr>\n");
    }

    private void WriteStake(StakeFacts stake)
    {
        Add("<section><h2>Stake</h2><p>");
        _html.Append(CultureInfo.InvariantCulture, $"{Coins(stake.Stake)} LPT; it keeps {Share(stake.RewardCutParts)} of the rewards and passes {Share(stake.FeeShareParts)} of the fees on to its delegators. ");
        _html.Append(CultureInfo.InvariantCulture, $"Active since round {stake.ActivationRound}; now is round {view.Entry.StakeRound}.");
        if (stake.DeactivationRound is { } end) _html.Append(CultureInfo.InvariantCulture, $" It leaves with round {end}.");
        Add(stake.LastRewardRound == 0 ? " It never called for its reward." : string.Create(CultureInfo.InvariantCulture, $" It last called for its reward in round {stake.LastRewardRound}."));
        Add("</p>");
        if (view.Entry.CollectsWithoutContributing == true)
            _html.Append(CultureInfo.InvariantCulture, $"<p class=\"banner\">It collects inflationary rewards, was paid no fees in the last {ContributionRule.RoundsWithoutFees} rounds, and no test of its window brought a valid rendition.</p>");
        if (!stake.Rounds.IsEmpty)
        {
            Add("<div class=\"table\"><table><thead><tr><th scope=\"col\" class=\"name\">Round</th><th scope=\"col\">Rewards, LPT</th><th scope=\"col\">Fees, ETH</th></tr></thead>\n<tbody>");
            foreach (var income in stake.Rounds)
            {
                _html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{income.Round}</th><td>{Earned(income.RewardCalled, income.Rewards, 2)}</td><td>{Earned(income.FeesPaid, income.Fees, 6)}</td></tr>\n");
            }

            Add("</tbody></table></div>");
        }

        Add("</section>\n");
    }

    private static string Earned(bool happened, BigInteger? amount, int decimals) => !happened ? "none" : amount is { } wei ? Coins(wei, decimals) : "yes, amount unknown";

    private static string Coins(BigInteger wei, int decimals = StakeDecimals) => new Rational(wei, Lpt).ToDecimalString(decimals);

    private static string Share(int parts) => PageWriter.Percent((double)parts / StakeFacts.Parts);

    private StringBuilder Add(string ours) => _html.Append(ours);

    private void Text(string foreign) => _html.Append(PageWriter.Encoder.Encode(foreign));
}
