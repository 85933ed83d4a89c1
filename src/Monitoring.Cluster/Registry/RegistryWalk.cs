using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Storage.Postgres;

namespace Monitoring.Cluster.Registry;

/// <summary>
/// Reads the source again and again and tells the registry's grain, which judges it. One hub at a time does, so that two hubs whose lists differ, as
/// while their configuration is exchanged, do not take turns; when it ends another begins with its own next read. A hub with a chain reads it all
/// the same, for the stake of the API is that of its own walk. Whatever fails, the set that was believed last stays in force.
/// </summary>
/// <param name="source">The source.</param>
/// <param name="options">How often it is read, and announced maintenance.</param>
/// <param name="url">The database that keeps the duty.</param>
/// <param name="grains">The grains.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where failures go.</param>
internal sealed partial class RegistryWalk(
    IOrchestratorSource source, SourceOptions options, PostgresUrl url, IGrainFactory grains, TimeProvider time, ILogger<RegistryWalk> log) : BackgroundService, IStakeSource
{
    /// <summary>Names the duty for every hub of the database.</summary>
    public const string Name = "registry";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private PostgresDuty? _duty;
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
        finally
        {
            if (_duty is not null) await _duty.DisposeAsync();
        }
    }

    private async Task<bool> WalkAsync(CancellationToken stop)
    {
        try
        {
            var tells = await HasDutyAsync(stop);
            if (!tells && source is not ChainSource) return true;
            var listed = await source.ReadAsync(stop);
            if (!tells || _duty!.Lost.IsCancellationRequested) return true;
            var members = await grains.GetGrain<IRegistryGrain>(0).Walk([.. listed.Select(WithMaintenance)], source.IsOwn).WaitAsync(stop);
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

    private async Task<bool> HasDutyAsync(CancellationToken stop)
    {
        if (_duty is { Lost.IsCancellationRequested: true } lost)
        {
            _duty = null;
            await lost.DisposeAsync();
            LogGivenUp();
        }

        if (_duty is not null) return true;
        _duty = await PostgresDuty.TryTakeAsync(url, Name, time, stop);
        if (_duty is null) return false;
        LogHeld();
        return true;
    }

    private RegistryEntryWire WithMaintenance(RegistryEntry entry) =>
        RegistryEntryWire.Of(options.Maintenance.TryGetValue(entry.Id, out var windows) ? entry with { Maintenance = windows } : entry);

    [LoggerMessage(2046, LogLevel.Information, "{Members} orchestrators are enrolled; the source lists {Listed}")]
    private partial void LogMembers(int members, int listed);

    [LoggerMessage(2047, LogLevel.Warning, "The source of orchestrators could not be read; those known before stay: {Why}")]
    private partial void LogUnread(string why);

    [LoggerMessage(2048, LogLevel.Warning, "The registry could not be told of a walk and is told again: {Why}")]
    private partial void LogNotTold(string why);

    [LoggerMessage(2049, LogLevel.Information, "This hub tells the registry what the source lists from now on")]
    private partial void LogHeld();

    [LoggerMessage(2050, LogLevel.Warning, "This hub does not tell the registry any more: it lost the duty")]
    private partial void LogGivenUp();
}
