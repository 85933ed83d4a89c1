using System.Text.Json;
using Monitoring.Core;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Testing;
using Monitoring.Testing.Processes;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// The same orchestrators tested over real IP networks of 20, 100 and 220 ms with 1 % of the packets lost each way. They answer on an address
/// that looks public, so nothing here has leave to dial loopback. At 220 ms and 1 % one TCP connection does not always carry a segment in
/// real time (its rate goes with 1 / (round trip x root of the loss)): then segments are dropped, as a gateway at that place would drop them.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class Distance_shows_in_the_score
{
    private static readonly int[] RoundTrips = [20, 100, 220];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task The_farther_the_lower_and_nobody_is_charged_with_the_line()
    {
        if (DistantSites.WhyNot() is { } why) Assert.Skip($"no network namespaces here: {why}");
        using var scratch = new Scratch();
        using var sites = DistantSites.Make();
        await using var fleet = MonitorProcess.StartIn(sites.Centre, scratch.Path, new Dictionary<string, string>(), "simulate", "--nodes", "21", "--address", DistantSites.CentreAddress);
        await fleet.SaysAsync("list:", Cancel);
        var node = fleet.Said.Split('\n').First(l => l.StartsWith("fast ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Split('=')[1];

        var scores = new List<double>();
        foreach (var roundTrip in RoundTrips)
        {
            var site = sites.Add(TimeSpan.FromMilliseconds(roundTrip), loss: 0.01, seed: roundTrip);
            var result = await ProbeUntilMeasuredAsync(site, scratch.Path, node);
            var complete = result.Evidence.Segments.Where(s => s.State == SegmentState.Complete).ToList();
            Assert.True(result.Outcome.Class == OutcomeClass.Success && complete.Count > 0, $"{roundTrip} ms: {result.Outcome}");
            Assert.All(result.Evidence.Segments, s => Assert.True(s.State is SegmentState.Complete or SegmentState.Dropped, $"{roundTrip} ms, segment {s.Seq}: {s.Outcome}"));
            Assert.All(complete, s => Assert.InRange(s.RoundTripMicros, roundTrip * 1000L, long.MaxValue));
            Assert.Equal((4 * complete.Count, complete.Sum(s => s.RoundTripMicros)), ((int)result.Summary.Sums.Received, result.Summary.Sums.RoundTripMicros));
            var found = ScoreFormula.Of(result.Summary.Sums);
            scores.Add(found.Total);
            TestContext.Current.TestOutputHelper?.WriteLine($"{roundTrip} ms, 1 % lost: {result.Outcome}, {found}");
        }

        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(RoundTrips.Length, scores.Distinct().Count());
    }

    // A machine that is too busy to measure says so (our overload, a void); it is asked again.
    private static async Task<TestResult> ProbeUntilMeasuredAsync(string site, string directory, string node)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var probe = MonitorProcess.StartIn(site, directory, new Dictionary<string, string>(), "probe", node, "--segments", "5", "--json");
            var code = await probe.ExitAsync(Cancel);
            var json = probe.Said[probe.Said.IndexOf('{', StringComparison.Ordinal)..(probe.Said.LastIndexOf('}') + 1)];
            var result = JsonSerializer.Deserialize<TestResult>(json, JsonSerializerOptions.Web)!;
            if (result.Outcome.Class != OutcomeClass.Void || attempt == 5) return code is 0 or 1 ? result : throw new InvalidOperationException(probe.Said);
        }
    }
}
