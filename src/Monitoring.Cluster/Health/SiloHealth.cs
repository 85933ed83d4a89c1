using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Incidents;
using Monitoring.Core;

namespace Monitoring.Cluster.Health;

/// <summary>What the deciders of one silo know of the rest of the world.</summary>
/// <param name="Regions">The health of the regions.</param>
/// <param name="NetworkFails">See <see cref="Env.NetworkFails"/>.</param>
internal sealed record SeenHealth(RegionHealthView Regions, bool NetworkFails);

/// <summary>
/// The regions' health, and whether the network fails, as one silo knows it: asked for when it is older than <see cref="HubRules.HealthEvery"/>, and
/// told when it changes.
/// </summary>
internal sealed partial class SiloHealth(IGrainFactory grains, HubRules rules, ILogger<SiloHealth> log)
{
    private readonly Lock _gate = new();
    private SeenHealth? _seen;
    private Task<SeenHealth>? _asking;
    private DateTimeOffset _askedAt;

    /// <summary>What is known now. Where that is old, one asks and the others wait for the answer.</summary>
    public ValueTask<SeenHealth> ViewAsync(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_seen is not null && now - _askedAt < rules.HealthEvery) return ValueTask.FromResult(_seen);
            if (_asking is null or { IsCompleted: true }) _asking = AskAsync(now);
            return new ValueTask<SeenHealth>(_asking);
        }
    }

    /// <summary>Takes over what the grain of the regions' health says.</summary>
    public void Learn(RegionHealthView view)
    {
        lock (_gate) _seen = _seen is null ? null : _seen with { Regions = view };
    }

    private async Task<SeenHealth> AskAsync(DateTimeOffset now)
    {
        try
        {
            var regions = grains.GetGrain<IRegionHealthGrain>(0).View();
            var network = grains.GetGrain<IIncidentGrain>(0).Network();
            var seen = new SeenHealth(await regions, (await network).Fails);
            lock (_gate) (_seen, _askedAt) = (seen, now);
            return seen;
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                if (_seen is null) throw;

                // Whoever is away is not asked again at once, for each asking holds up everybody here.
                _askedAt = now;
                LogNotAsked(e.Message);
                return _seen;
            }
        }
    }

    [LoggerMessage(2037, LogLevel.Warning, "The regions' health could not be asked for, what was known stands: {Why}")]
    private partial void LogNotAsked(string why);
}
