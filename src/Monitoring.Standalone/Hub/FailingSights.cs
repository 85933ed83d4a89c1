using System.Collections.Concurrent;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <summary>Who does not answer where. Written by the hub's loop, read by anybody.</summary>
internal sealed class FailingSights
{
    private readonly ConcurrentDictionary<(OrchestratorId Orchestrator, RegionId Region), int> _failures = new();

    /// <summary>Who fails now, in order of id and region.</summary>
    public ImmutableArray<HubFailingSight> Current =>
        [.. _failures.Select(f => new HubFailingSight(f.Key.Orchestrator, f.Key.Region, f.Value)).OrderBy(f => f.Orchestrator).ThenBy(f => f.Region)];

    /// <summary>Takes over what the regions see of an orchestrator.</summary>
    public void Follow(OrchestratorState state)
    {
        foreach (var sight in state.Availability.Sights)
        {
            var key = (state.Id, sight.Region);
            if (state is { Active: true, Availability.Maintenance: false } && sight.Failures > 0) _failures[key] = sight.Failures;
            else _failures.TryRemove(key, out _);
        }
    }
}
