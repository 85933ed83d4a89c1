using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;

namespace Monitoring.Cluster.Registry;

/// <summary>
/// Reads the source again and again and tells the registry's grain, which judges it. Every hub does: a walk that says what is known changes
/// nothing, and the stake of the API is that of the hub's own walk. Whatever fails, the set that was believed last stays in force.
/// </summary>
/// <param name="source">The source.</param>
/// <param name="options">How often it is read, and announced maintenance.</param>
/// <param name="grains">The grains.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where failures go.</param>
internal sealed partial class RegistryWalk(IOrchestratorSource source, SourceOptions options, IGrainFactory grains, TimeProvider time, ILogger<RegistryWalk> log) : BackgroundService, IStakeSource
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private int _members = -1;

    /// <inheritdoc />
    public StakeBook? Stake => (source as ChainSource)?.Stake;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var walked = await WalkAsync(stoppingToken);
                await Task.Delay(walked || options.Refresh < Retry ? options.Refresh : Retry, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> WalkAsync(CancellationToken stop)
    {
        try
        {
            var listed = await source.ReadAsync(stop);
            var members = await grains.GetGrain<IRegistryGrain>(0).Walk([.. listed.Select(WithMaintenance)]).WaitAsync(stop);
            if (members != _members) LogMembers(members, listed.Count);
            _members = members;
            return true;
        }
        catch (SourceException e)
        {
            LogUnread(e.Message);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogNotTold(e.Message);
        }

        return false;
    }

    private RegistryEntryWire WithMaintenance(RegistryEntry entry) =>
        RegistryEntryWire.Of(options.Maintenance.TryGetValue(entry.Id, out var windows) ? entry with { Maintenance = windows } : entry);

    [LoggerMessage(2046, LogLevel.Information, "{Members} orchestrators are enrolled; the source lists {Listed}")]
    private partial void LogMembers(int members, int listed);

    [LoggerMessage(2047, LogLevel.Warning, "The source of orchestrators could not be read; those known before stay: {Why}")]
    private partial void LogUnread(string why);

    [LoggerMessage(2048, LogLevel.Warning, "The registry could not be told of a walk and is told again: {Why}")]
    private partial void LogNotTold(string why);
}
