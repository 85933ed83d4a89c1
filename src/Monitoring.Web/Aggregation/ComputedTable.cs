using System.Runtime.InteropServices;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>
/// Transcoding scores of a window that a client chose (<c>since</c>, <c>until</c>), from stored results by test time. Only what was counted in that
/// window: the rules for cells without tests are about the published window and do not apply.
/// </summary>
internal sealed class ComputedTable(BoundedReads reads, PublishedTable published, WebOptions options)
{
    public async Task<ReadOnlyMemory<byte>> ReadAsync(StatsQuery query, CancellationToken cancellationToken)
    {
        var cells = new Dictionary<(OrchestratorId, RegionId), CellTally>();
        var select = new ResultQuery { From = query.Since, Until = query.Until, Orchestrator = query.Orchestrator, Region = query.Region };
        await foreach (var result in reads.ReadAsync(select, options.Capped.Within, cancellationToken).ConfigureAwait(false))
        {
            if (result.Summary?.Posted is { IsAi: true }) continue;
            ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, (result.Orchestrator, result.Region), out _);
            (cell ??= new CellTally()).Add(result, query.Since);
        }

        var hidden = published.Hidden();
        var table = new ScoreTable();
        foreach (var ((orchestrator, region), cell) in cells)
        {
            if (hidden.Contains(orchestrator)) continue;
            if (cell.Score(query.Since, query.Until, options.Capped, options.Scoring) is { } scores) table.Set(orchestrator, region, scores);
        }

        return table.ToJson();
    }
}
