using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Storage.Postgres;

namespace Monitoring.Cluster.Run;

/// <summary>Does for the store what is due several times a day: sums of closed days, partitions, retention. Any hub may; what is done is done.</summary>
internal sealed partial class StoreUpkeep(PostgresResultStore store, TimeProvider time, ILogger<StoreUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(6);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await store.KeepDaysAsync(stoppingToken);
                }
                catch (IOException e)
                {
                    LogNotKept(e.Message);
                }

                await Task.Delay(Every, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(5206, LogLevel.Warning, "The upkeep of the store could not be done and is tried again: {Why}")]
    private partial void LogNotKept(string why);
}
