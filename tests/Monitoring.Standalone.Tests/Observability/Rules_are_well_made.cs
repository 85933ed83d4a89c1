using Monitoring.Core;
using Monitoring.Testing.Processes;
using Monitoring.Testing.Prometheus;

namespace Monitoring.Standalone.Tests.Observability;

public sealed class Rules_are_well_made
{
    private static readonly string[] Headings = ["## Meaning", "## Impact", "## Diagnosis", "## Mitigation"];

    private static string TestFile => Path.Combine(Repository.Root, "tests", "Monitoring.Standalone.Tests", "Observability", "alerts.test.yaml");

    private static Rule[] Alerts => [.. Dashboards.Rules().Where(r => r.IsAlert)];

    [Fact]
    public void Every_alert_has_a_severity_and_annotations()
    {
        Assert.True(Alerts.Length >= 20, $"Only {Alerts.Length} alerts were found: the check looks in the wrong place.");
        Assert.Equal(Alerts.Length, Alerts.Select(a => a.Name).Distinct().Count());
        foreach (var alert in Alerts)
        {
            Assert.Matches("severity: (page|warning|info)\n", alert.Text);
            Assert.Matches("summary: '.{10,}'\n", alert.Text);
            Assert.Matches("description: '.{20,}'\n", alert.Text);
            Assert.Matches($"runbook_url: '.*/runbooks/{alert.Name}\\.md'\n", alert.Text);
        }
    }

    [Fact]
    public void Every_alert_and_every_incident_has_a_runbook_and_no_runbook_is_left_over()
    {
        var expected = Alerts.Select(a => a.Name).Union(Enum.GetNames<IncidentRule>()).Order(StringComparer.Ordinal);
        var folder = Path.Combine(Dashboards.Folder, "runbooks");
        Assert.Equal(expected, Directory.GetFiles(folder).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
        foreach (var file in Directory.GetFiles(folder))
        {
            var text = File.ReadAllText(file);
            Assert.StartsWith($"# {Path.GetFileNameWithoutExtension(file)}\n", text, StringComparison.Ordinal);
            var parts = Headings.Select(h => text.IndexOf($"\n{h}\n\n", StringComparison.Ordinal)).ToArray();
            Assert.All(parts, at => Assert.True(at > 0, $"{file} lacks a part."));
            Assert.Equal(parts.Order(), parts);
        }
    }

    [LimitedFact]
    public async Task Promtool_finds_nothing_wrong()
    {
        if (PrometheusServer.Missing is { } missing) Assert.Skip(missing);
        var (code, said) = await Promtool.RunAsync(Repository.Root, ["check", "rules", .. Dashboards.RuleFiles]);
        Assert.True(code == 0, said);
        Assert.Equal(Dashboards.Rules().Count(), System.Text.RegularExpressions.Regex.Matches(said, "(\\d+) rules found").Sum(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [LimitedFact]
    public async Task Every_alert_fires_when_it_should_and_only_then()
    {
        if (PrometheusServer.Missing is { } missing) Assert.Skip(missing);
        var tests = await File.ReadAllTextAsync(TestFile, TestContext.Current.CancellationToken);
        foreach (var alert in Alerts)
        {
            Assert.Contains($"name: {alert.Name} fires\n", tests, StringComparison.Ordinal);
            Assert.Contains($"name: {alert.Name} is quiet\n", tests, StringComparison.Ordinal);
        }

        var (code, said) = await Promtool.RunAsync(Path.GetDirectoryName(TestFile)!, "test", "rules", TestFile);
        Assert.True(code == 0, said);
    }
}
