using System.Globalization;
using System.Text.RegularExpressions;
using Monitoring.Core;
using Monitoring.Simulator;
using Monitoring.Storage;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>Results as they were kept, held to what is promised of them. The nodes behind them are all well.</summary>
internal static partial class KeptResults
{
    /// <summary>The tests that a region says it has spooled, in its log.</summary>
    public static IEnumerable<string> TestsIn(string said) => TestedLine().Matches(said).Select(m => m.Groups[1].Value);

    /// <summary>Nothing that a region had spooled is lost, nothing counts twice, nobody is tested twice at once, nobody is charged with what was ours.</summary>
    /// <param name="store">The results.</param>
    /// <param name="fleet">The orchestrators.</param>
    /// <param name="regions">The regions, all of which tested all orchestrators.</param>
    /// <param name="tested">The tests that regions said they had spooled.</param>
    /// <param name="pauses">When the nodes could not answer.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What there was, for whoever reads the test's output.</returns>
    public static async Task<string> VerifyAsync(
        IResultStore store, SimulatedFleet fleet, IReadOnlyCollection<string> regions, HashSet<string> tested, OwnPauses pauses, CancellationToken cancellationToken)
    {
        var all = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = false }, cancellationToken)) all.Add(revision);

        Assert.Distinct(all.Select(r => (r.Test, r.Revision)));
        var measured = all.Where(r => r.Revision == OutcomeRevision.Measured).ToDictionary(r => r.Test.Text);
        Assert.Empty(tested.Except(measured.Keys));
        Assert.All(fleet.Nodes, node => Assert.Equal(regions.Order(), measured.Values.Where(r => r.Orchestrator == node.Id).Select(r => r.Region.Code).Distinct().Order()));

        // Whatever went wrong was ours, unless the process of the nodes stood still itself, so that they were slow in truth.
        var charged = all.Where(r => r.Outcome.Class == OutcomeClass.Fault).ToList();
        foreach (var revision in charged)
        {
            var evidence = await store.ReadEvidenceAsync(revision.Test, revision.TestTime, cancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(Told(revision, evidence, pauses.During(revision)));
        }

        Assert.Empty(charged.Where(c => !pauses.Explains(c)).Select(c => $"{c.Test}: {c.Outcome}; the nodes paused {pauses.During(c).TotalSeconds:0.0} s"));
        // Never two tests at once: of those that counted, and by what the nodes saw.
        foreach (var of in measured.Values.Where(r => r.Outcome.Counts && r.Summary is not null).GroupBy(r => r.Orchestrator))
        {
            var inOrder = of.OrderBy(r => r.Summary!.StartedAt).ToList();
            Assert.All(inOrder.Zip(inOrder.Skip(1)), two => Assert.True(two.First.Summary!.StartedAt + two.First.Summary.Elapsed <= two.Second.Summary!.StartedAt, $"{two.First.Test} and {two.Second.Test} overlap."));
        }

        Assert.All(fleet.Nodes, node => Assert.Equal(0, node.Counters.OverlappingTests));
        return $"{measured.Count} measured ({string.Join(", ", measured.Values.GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"))}), "
            + string.Join(", ", all.GroupBy(r => r.Test).Select(g => g.MaxBy(r => r.Revision)!).Where(r => r.Outcome.Class == OutcomeClass.NotRun).GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"));
    }

    [GeneratedRegex("Tested ([A-Za-z0-9-]+) of ")]
    private static partial Regex TestedLine();

    private static string Told(OutcomeRevision revision, TestEvidence? evidence, TimeSpan paused) => string.Create(
        CultureInfo.InvariantCulture,
        $"CHARGED {revision.Test} {revision.Outcome}; started {revision.Summary?.StartedAt:HH:mm:ss.fff}, took {revision.Summary?.Elapsed.TotalSeconds:0.0} s, discovery {evidence?.DiscoveryMicros / 1000} ms, ")
        + string.Join(", ", evidence?.Segments.Select(s => string.Create(CultureInfo.InvariantCulture, $"segment {s.Seq} {s.State} ({s.LateMicros / 1000} ms late, upload {s.UploadMicros / 1000}, result {s.TranscodeMicros / 1000}, download {s.DownloadMicros / 1000})")) ?? [])
        + string.Create(CultureInfo.InvariantCulture, $"; the nodes paused {paused.TotalSeconds:0.0} s");
}
