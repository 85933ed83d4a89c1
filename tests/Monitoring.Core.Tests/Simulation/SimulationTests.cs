using System.Diagnostics;
using System.Globalization;

namespace Monitoring.Core.Tests;

/// <summary>MONITORING_SIMULATION_SEED replays a run.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Orchestrators = 1_000;
    private const int Days = 7;

    [Fact]
    public void A_week_of_failures_charges_no_orchestrator_and_loses_no_test()
    {
        var seed = Seed.Of("MONITORING_SIMULATION_SEED");
        var watch = Stopwatch.StartNew();
        var simulation = new Simulation(seed, new World(Orchestrators, Days));
        simulation.Run();
        var classes = simulation.Store.Last.GroupBy(r => r.Outcome.Class).OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Count()}");
        var codes = simulation.Store.Last.GroupBy(r => r.Outcome.Code).OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Count()}").ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {Orchestrators} orchestrators, {Days} virtual days, {simulation.Steps} events, {simulation.Hub.Decisions} decisions, {simulation.Hub.Crashes} crashes, {watch.Elapsed.TotalSeconds:0.0} s"));
        output.WriteLine($"{simulation.Started} tests started, {simulation.TaintedTests} spoilt by a region, {simulation.RefusedReports} reports refused as too late, {simulation.Hub.View.Anomalies.Length} anomalies");
        output.WriteLine("outcomes: " + string.Join(", ", classes));
        output.WriteLine("codes: " + string.Join(", ", codes));

        // A run in which little happened would prove little.
        Assert.True(simulation.Store.Last.Count() > Orchestrators * Days * 20);
        Assert.True(simulation.TaintedTests > 500);
        foreach (var code in new[]
        {
            OutcomeCode.Completed, OutcomeCode.Partial, OutcomeCode.Unreachable, OutcomeCode.Capped, OutcomeCode.Maintenance, OutcomeCode.OurNetwork, OutcomeCode.OurOverload, OutcomeCode.RegionAnomaly,
            OutcomeCode.RegionStale, OutcomeCode.NoReport, OutcomeCode.Missed, OutcomeCode.Rescheduled, OutcomeCode.ShuttingDown,
        })
        {
            Assert.Contains(codes, c => c.StartsWith(code + " ", StringComparison.Ordinal));
        }
    }
}
