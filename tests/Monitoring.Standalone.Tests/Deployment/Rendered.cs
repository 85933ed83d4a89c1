using Monitoring.Testing.Helm;

namespace Monitoring.Standalone.Tests.Deployment;

/// <summary>The chart, for tests that are skipped where there is no Helm.</summary>
internal static class Rendered
{
    /// <summary>Skips the test where there is no Helm.</summary>
    public static async Task<HelmChart> ChartAsync()
    {
        var chart = await HelmChart.GetAsync();
        if (chart.Missing is { } missing) Assert.Skip(missing);
        return chart;
    }

    /// <summary>Renders, or skips the test where there is no Helm.</summary>
    public static async Task<RenderedChart> OfAsync(string example, params string[] settings)
    {
        var (code, output) = await (await ChartAsync()).RenderAsync(example, settings);
        Assert.True(code == 0, output);
        return new RenderedChart(output);
    }
}
