using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Probing;
using Orleans.Runtime;

namespace Monitoring.Cluster.Regions;

/// <summary>
/// Tests from this silo while the region's prober grain lives here. It asks for the grain again and again, which also brings it to life, here
/// where it can be. While nobody can be asked, as when all hubs are away, whoever tests goes on: the spool keeps what is measured.
/// </summary>
/// <param name="id">The region.</param>
/// <param name="open">Opens the region: worker, liveness loop, spool and controls.</param>
/// <param name="grains">The grains.</param>
/// <param name="silo">This silo.</param>
/// <param name="clock">Learns what the hub's clock says, from the start on and every few seconds.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where changes go.</param>
internal sealed partial class RegionProber(RegionId id, Func<Region> open, IGrainFactory grains, ILocalSiloDetails silo, HubClock clock, TimeProvider time, ILogger<RegionProber> log) : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);
    private bool _isHere;

    /// <summary>True while this silo tests.</summary>
    public bool IsHere => Volatile.Read(ref _isHere);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LearnTimeAsync(stoppingToken);
            if (await IsOursAsync(stoppingToken) == true) await ProbeAsync(stoppingToken);
            else await WaitAsync(stoppingToken);
        }
    }

    private async Task ProbeAsync(CancellationToken stop)
    {
        LogHere(id);
        using var here = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var region = open();
        Volatile.Write(ref _isHere, true);
        var running = region.RunAsync(here.Token);
        while (!stop.IsCancellationRequested && !running.IsCompleted && await IsOursAsync(stop) != false)
        {
            await WaitAsync(stop);
            await LearnTimeAsync(stop);
        }

        Volatile.Write(ref _isHere, false);
        await here.CancelAsync();
        await running;
        if (!stop.IsCancellationRequested) LogElsewhere(id);
    }

    /// <returns>Null when nobody could say.</returns>
    private async Task<bool?> IsOursAsync(CancellationToken stop)
    {
        try
        {
            return await grains.GetGrain<IRegionProberGrain>($"{id.Code}/0").Where().WaitAsync(stop) == silo.SiloAddress.ToParsableString();
        }
        catch (Exception e)
        {
            if (!stop.IsCancellationRequested) LogUnknown(id, e.Message);
            return null;
        }
    }

    private async Task LearnTimeAsync(CancellationToken stop)
    {
        try
        {
            var sent = time.GetUtcNow();
            var there = await grains.GetGrain<IRegionQueueGrain>(id.Code).Time().WaitAsync(stop);
            clock.Learn(sent, there, there, time.GetUtcNow());
        }
        catch (Exception e)
        {
            if (!stop.IsCancellationRequested) LogNoTime(id, e.Message);
        }
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(AskEvery, time, stop);
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(2091, LogLevel.Information, "{Region} is tested from here")]
    private partial void LogHere(RegionId region);

    [LoggerMessage(2092, LogLevel.Warning, "{Region} is tested from another silo now")]
    private partial void LogElsewhere(RegionId region);

    [LoggerMessage(2093, LogLevel.Debug, "Where {Region} is tested from could not be found out: {Why}")]
    private partial void LogUnknown(RegionId region, string why);

    [LoggerMessage(2094, LogLevel.Debug, "What the hub's clock says could not be found out for {Region}: {Why}")]
    private partial void LogNoTime(RegionId region, string why);
}
