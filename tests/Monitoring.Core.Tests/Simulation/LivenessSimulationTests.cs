using System.Diagnostics;
using System.Globalization;

namespace Monitoring.Core.Tests;

/// <summary>Each world is lived through from two seeds, with <c>MONITORING_SOAK=1</c> from twenty. MONITORING_SIMULATION_SEED names the first one, and so replays a run.</summary>
public sealed class LivenessSimulationTests(ITestOutputHelper output)
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1" ? 20 : 2;

    private static IEnumerable<ulong> Seeds => Enumerable.Range(0, Runs).Select(run => Seed.Of("MONITORING_SIMULATION_SEED") + (ulong)run);

    [Fact]
    public void Days_of_outages_page_for_what_is_down_and_for_nothing_else()
    {
        foreach (var seed in Seeds)
        {
            var witness = Run("everything at once", new World(160, 3) { Liveness = true }, seed, out var simulation);
            var all = witness.All.Where(n => n.Kind == NotificationKind.Opened).Select(n => n.Incident).ToList();

            // A run in which little happened would prove little.
            Assert.True(witness.Outages >= 5, $"{witness.Outages} outages");
            Assert.Contains(all, i => i.Key.Rule == IncidentRule.OrchestratorDown && i.Key.Region is not null);
            Assert.Contains(all, i => i.Key.Rule == IncidentRule.ScoreSlide);
            Assert.True(simulation.Hub.Crashes > 100);
        }
    }

    [Fact]
    public void Hundreds_of_outages_are_told_within_ten_minutes_and_no_fault_of_the_instrument_pages()
    {
        var detected = new List<TimeSpan>();
        var recovered = new List<TimeSpan>();
        var rules = new HashSet<IncidentRule>();
        var expected = new SortedDictionary<IncidentRule, int>();
        foreach (var seed in Seeds.Append(Seeds.Last() + 1))
        {
            var witness = Run("three regions", Outages.Of(60, 3, Sample.Fra, Sample.Mdw, Sample.Sin), seed, out _);
            detected.AddRange(witness.Detected);
            recovered.AddRange(witness.Recovered);
            rules.UnionWith(witness.All.Select(n => n.Incident.Key.Rule));
            foreach (var (rule, times) in witness.Expected) expected[rule] = expected.GetValueOrDefault(rule) + times;
        }

        output.WriteLine($"all runs: told after {LivenessWitness.Distribution(detected)}; resolved after {LivenessWitness.Distribution(recovered)}");
        output.WriteLine("troubles that had to be told and were: " + string.Join(", ", expected.Select(e => $"{e.Key} {e.Value}")));
        Assert.True(detected.Count >= 200, $"{detected.Count} outages");
        Assert.True(detected.Max() <= TimeSpan.FromMinutes(10));
        IncidentRule[] never = [IncidentRule.AlertingFailed, IncidentRule.Canary];
        Assert.Equal(Enum.GetValues<IncidentRule>().Except(never).Order(), rules.Order());
        foreach (var rule in new[] { IncidentRule.FloatLow, IncidentRule.ChainUnreachable, IncidentRule.SnapshotOld, IncidentRule.RegionStale, IncidentRule.PricedOut, IncidentRule.NotTested, IncidentRule.RealTimeRateLow })
        {
            Assert.True(expected.GetValueOrDefault(rule) > 0, $"no {rule} had to be told");
        }
    }

    [Theory]
    [InlineData("MDW")]
    [InlineData("FRA,MDW")]
    public void With_fewer_regions_an_outage_is_told_within_ten_minutes_too(string regions)
    {
        foreach (var seed in Seeds)
        {
            var witness = Run(regions, Outages.Of(60, 2, [.. regions.Split(',').Select(RegionId.Parse)]), seed, out _);
            Assert.True(witness.Outages >= 30, $"{witness.Outages} outages");
            Assert.True(witness.Detected.Max() <= TimeSpan.FromMinutes(10));
        }
    }

    [Theory]
    [InlineData("MDW", true)]
    [InlineData("MDW", false)]
    [InlineData("FRA,MDW,SIN", true)]
    [InlineData("FRA,MDW,SIN", false)]
    public void When_more_than_a_third_fail_at_once_one_page_tells_of_the_network_and_none_of_each(string regions, bool controls)
    {
        foreach (var seed in Seeds)
        {
            var witness = Run($"{regions} {(controls ? "with" : "without")} controls", Storms.Of(60, 2, controls, [.. regions.Split(',').Select(RegionId.Parse)]), seed, out var simulation);
            output.WriteLine($"of the network: told after {LivenessWitness.Distribution(witness.StormsTold)}");
            Assert.True(witness.StormsTold.Count >= 5, $"{witness.StormsTold.Count} storms");
            Assert.True(witness.Outages >= 10, $"{witness.Outages} outages of one");
            Assert.True(simulation.Regions.Count > 1 || simulation.Regions[0].Silent.Count > 0);
        }
    }

    private LivenessWitness Run(string what, World world, ulong seed, out Simulation simulation)
    {
        var watch = Stopwatch.StartNew();
        simulation = new Simulation(seed, world);
        simulation.Run();
        var witness = simulation.Liveness!;
        var found = simulation;
        var opened = witness.All.Where(n => n.Kind == NotificationKind.Opened).Select(n => n.Incident).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}, seed {seed}: {world.Orchestrators} orchestrators, {world.Days} virtual days, {simulation.Hub.Decisions} decisions, {simulation.Hub.Crashes} crashes, {watch.Elapsed.TotalSeconds:0.0} s"));
        output.WriteLine("incidents: " + string.Join(", ", opened.GroupBy(i => (i.Key.Rule, i.Severity, Scope: i.Key.Region is null ? "all regions" : "one region")).OrderBy(g => g.Key.Rule).Select(g => $"{g.Key.Rule} {g.Key.Severity} {g.Key.Scope} {g.Count()}")));
        output.WriteLine($"pages: {witness.Pages.Count()}, of them about " + string.Join(", ", witness.Pages.GroupBy(p => p[0].Incident.Key.Orchestrator is { } id ? found.Find(id).Nature.ToString() : "the network").Select(g => $"{g.Key} {g.Count()}")));
        witness.Close();
        output.WriteLine($"full outages that could be seen: {witness.Outages}; told after: {LivenessWitness.Distribution(witness.Detected)}; resolved after: {LivenessWitness.Distribution(witness.Recovered)}");
        return witness;
    }
}
