using System.Diagnostics;
using System.Globalization;

namespace Monitoring.Core.Tests;

/// <summary>MONITORING_SIMULATION_SEED replays a run.</summary>
public sealed class LivenessSimulationTests(ITestOutputHelper output)
{
    private const int Orchestrators = 160;
    private const int Days = 3;

    [Fact]
    public void Days_of_outages_page_for_what_is_down_and_for_nothing_else()
    {
        var seed = Seed.Of("MONITORING_SIMULATION_SEED");
        var watch = Stopwatch.StartNew();
        var simulation = new Simulation(seed, Orchestrators, Days, liveness: true);
        simulation.Run();
        var witness = simulation.Liveness!;
        witness.Close();
        var all = witness.All.Where(n => n.Kind == NotificationKind.Opened).Select(n => n.Incident).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {Orchestrators} orchestrators, {Days} virtual days, {simulation.Hub.Decisions} decisions, {simulation.Hub.Crashes} crashes, {watch.Elapsed.TotalSeconds:0.0} s"));
        output.WriteLine("incidents: " + string.Join(", ", all.GroupBy(i => (i.Key.Rule, i.Severity, Scope: i.Key.Region is null ? "all regions" : "one region")).OrderBy(g => g.Key.Rule).Select(g => $"{g.Key.Rule} {g.Key.Severity} {g.Key.Scope} {g.Count()}")));
        output.WriteLine($"pages: {witness.Pages.Count()}, of them about " + string.Join(", ", witness.Pages.Where(p => p[0].Incident.Key.Orchestrator is not null).GroupBy(p => simulation.Find(p[0].Incident.Key.Orchestrator!.Value).Nature).Select(g => $"{g.Key} {g.Count()}")));
        output.WriteLine($"full outages that could be seen: {witness.Outages}; told after: {LivenessWitness.Distribution(witness.Detected)}; resolved after: {LivenessWitness.Distribution(witness.Recovered)}");

        // A run in which little happened would prove little.
        Assert.True(witness.Outages >= 5, $"{witness.Outages} outages");
        Assert.Contains(all, i => i.Key.Rule == IncidentRule.OrchestratorDown && i.Key.Region is not null);
        Assert.Contains(all, i => i.Key.Rule == IncidentRule.ScoreSlide);
        Assert.True(simulation.Hub.Crashes > 100);
    }
}
