using Microsoft.Extensions.DependencyInjection;

namespace Monitoring.Web.Tests;

public sealed class WebOptionsTests
{
    [Fact]
    public void The_defaults_have_no_problems() => Assert.Empty(new WebOptions().Problems());

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        var options = new WebOptions
        {
            Window = TimeSpan.Zero, MaximumResults = 1, Banner = new string('x', 301), Title = "", OwnRegions = [RegionId.Parse("XYZ")],
            Regions = [.. SeedRegions.All, SeedRegions.All[0]],
            RegionSecrets = ImmutableDictionary<RegionId, string>.Empty.Add(Sample.Fra, "").Add(RegionId.Parse("QQ"), "s"),
            MaximumRange = TimeSpan.FromDays(400), ReadTimeout = TimeSpan.Zero, Capped = new CappedRule(-1, 0, TimeSpan.Zero),
        };
        var problems = options.Problems();
        Assert.Equal(11, problems.Length);
        Assert.Contains("Web:Regions lists TOR twice for Transcoding; list it once.", problems);
        Assert.Contains("Web:RegionSecrets:FRA is empty; set a secret, or remove the entry to use Web:Secret.", problems);
        Assert.Contains("Region XYZ is measured here but not in Web:Regions, so no client would find it; add it there for transcoding.", problems);
        var failure = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMonitoringWeb(options));
        Assert.All(problems, problem => Assert.Contains(problem, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Secrets_are_never_printed() =>
        Assert.DoesNotContain("hush", new WebOptions { Secret = "hush", RegionSecrets = ImmutableDictionary<RegionId, string>.Empty.Add(Sample.Fra, "hush") }.ToString(), StringComparison.Ordinal);
}
