using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>Everything that answers "why is my score 0?" for one orchestrator.</summary>
/// <param name="Entry">What the board, the registry and the chain say.</param>
/// <param name="Regions">What each region saw, in order of the region's code.</param>
/// <param name="Price">The price it asked in the newest test that got so far, wei per pixel as a fraction; empty where none is known.</param>
/// <param name="PriceAt">The time of that test.</param>
internal sealed record OrchestratorView(OrchestratorEntry Entry, ImmutableArray<RegionView> Regions, string Price, DateTimeOffset? PriceAt);

/// <summary>Reads the view of one orchestrator, from memory and from the store.</summary>
internal sealed class OrchestratorViews(OrchestratorTable table, BoundedReads reads, IResultStore store, WebOptions options, TimeProvider clock)
{
    /// <summary>Tests shown for each region.</summary>
    public const int LatestPerRegion = 10;

    // Kept of what is read, for the words on what was seen most often: a day of the busiest schedule that anybody runs on a real network.
    private const int MostPerRegion = 1000;

    // The newest tests of a region whose evidence is looked at for a price: void tests bring none.
    private const int PriceTries = 3;

    /// <summary>Reads it.</summary>
    /// <returns>Null when nobody knows the orchestrator.</returns>
    /// <exception cref="RefusedReadException">The store could not be read within bounds.</exception>
    public async Task<OrchestratorView?> ReadAsync(OrchestratorId id, CancellationToken cancellationToken)
    {
        if (table.Find(id) is not { } entry) return null;
        var now = clock.GetUtcNow();
        var outcomes = await ReadAsync(id, now - options.Window, now, cancellationToken);

        // A zero may rest on evidence that is older than the window.
        if (entry.Cells.Any(cell => cell.Cell.State != CellState.Measured && !outcomes.Any(o => o.Revision.Region == cell.Region && o.IsEvidence)))
            outcomes = await ReadAsync(id, now - options.MaximumRange, now, cancellationToken);

        var regions = entry.Cells.Select(cell => cell.Region).Concat(outcomes.Select(o => o.Revision.Region)).Where(region => region != RegionId.Global).Distinct().Order()
            .Select(region => new RegionView(
                region,
                entry.Cells.FirstOrDefault(cell => cell.Region == region)?.Cell,
                [.. outcomes.Where(o => o.Revision.Region == region)])
            {
                Availability = entry.Cells.FirstOrDefault(cell => cell.Region == region)?.Availability,
            })
            .ToImmutableArray();
        var (price, priceAt) = await PriceAsync(outcomes, cancellationToken);
        return new OrchestratorView(entry, regions, price, priceAt);
    }

    /// <summary>The view as JSON.</summary>
    public static byte[] Write(OrchestratorView view, TimeSpan window) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        OrchestratorJson.WriteAbout(json, view.Entry);
        if (view.Price.Length > 0) json.WriteString("pricePerPixelWei", view.Price);
        else json.WriteNull("pricePerPixelWei");
        if (view.PriceAt is { } at) json.WriteString("priceAt", at.UtcDateTime);
        else json.WriteNull("priceAt");
        json.WriteNumber("windowHours", window.TotalHours);
        json.WriteStartArray("regions");
        foreach (var region in view.Regions)
        {
            json.WriteStartObject();
            json.WriteString("region", region.Region.Code);
            OrchestratorJson.WriteCell(json, region.Cell, region.Availability);
            json.WriteString("why", region.Why(view.Entry.Active));
            json.WriteStartArray("latest");
            foreach (var outcome in region.Latest.Take(LatestPerRegion)) WriteOutcome(json, outcome);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteOutcome(Utf8JsonWriter json, JudgedOutcome outcome)
    {
        var revision = outcome.Revision;
        json.WriteStartObject();
        json.WriteString("test", revision.Test.Text);
        json.WriteString("testTime", revision.TestTime.UtcDateTime);
        json.WriteString("class", OutcomeWords.Of(outcome.Class));
        json.WriteString("code", outcome.Code.ToString());
        json.WriteString("reason", OutcomeWords.Of(outcome.Code));
        json.WriteString("detail", revision.Outcome.Detail);
        json.WriteNumber("renditionsReceived", revision.Summary?.Sums.Received ?? 0);
        json.WriteNumber("renditionsExpected", revision.Summary?.Sums.Expected ?? 0);
        OrchestratorJson.WriteWei(json, "spentWei", revision.Summary?.Spend.Wei());
        json.WriteEndObject();
    }

    /// <returns>The tests, newest first.</returns>
    private async Task<List<JudgedOutcome>> ReadAsync(OrchestratorId id, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var newest = new Dictionary<RegionId, Queue<OutcomeRevision>>();
        await foreach (var revision in reads.ReadAsync(new ResultQuery { From = from, Until = until, Orchestrator = id }, options.Capped.Within, cancellationToken))
        {
            if (revision.Summary?.Posted is { IsAi: true }) continue;
            if (!newest.TryGetValue(revision.Region, out var kept)) newest.Add(revision.Region, kept = new Queue<OutcomeRevision>());
            kept.Enqueue(revision);
            if (kept.Count > MostPerRegion) kept.Dequeue();
        }

        var judged = new List<JudgedOutcome>();
        foreach (var revisions in newest.Values)
        {
            var codes = Window.Of(revisions.Select(WindowEntry.Of)).Judged(from.AddTicks(-1), options.Capped).ToDictionary(pair => pair.Entry.Test, pair => pair.Code);
            judged.AddRange(revisions.Where(revision => revision.TestTime >= from).Select(revision => new JudgedOutcome(revision, codes.GetValueOrDefault(revision.Test, revision.Outcome.Code))));
        }

        judged.Sort((a, b) => b.Revision.TestTime.CompareTo(a.Revision.TestTime));
        return judged;
    }

    private async Task<(string Price, DateTimeOffset? At)> PriceAsync(List<JudgedOutcome> newestFirst, CancellationToken cancellationToken)
    {
        foreach (var outcome in newestFirst.Where(o => o.Revision.Summary is { Posted: null }).Take(PriceTries))
        {
            var evidence = await store.ReadEvidenceAsync(outcome.Revision.Test, outcome.Revision.TestTime, cancellationToken);
            if (evidence is { Price.Length: > 0 }) return (evidence.Price, outcome.Revision.TestTime);
        }

        return ("", null);
    }
}
