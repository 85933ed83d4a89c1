using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Core;
using Monitoring.Storage.Postgres;

namespace Monitoring.Cluster.Incidents;

/// <summary>
/// Sees that one hub at a time tells of incidents. Each tries to get the duty; who has it takes what the incidents' grain keeps, hands it to the
/// teller and only then has the grain forget it. When it dies another gets the duty and goes on with what the teller had kept.
/// </summary>
internal sealed partial class AlertDuty(PostgresUrl url, OpenTeller open, IGrainFactory grains, HubRules rules, TimeProvider time, ILogger<AlertDuty> log) : BackgroundService
{
    /// <summary>Names the duty for every hub of the database.</summary>
    public const string Name = "alerts";

    private const int MostAtOnce = 100;
    private ITeller? _teller;

    /// <summary>The teller while this hub has the duty; null otherwise.</summary>
    public ITeller? Teller => Volatile.Read(ref _teller);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var duty = await PostgresDuty.TryTakeAsync(url, Name, time, stoppingToken);
                if (duty is not null) await HoldAsync(duty, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogNotHeld(e.Message);
            }

            await WaitAsync(stoppingToken);
        }
    }

    private async Task HoldAsync(PostgresDuty duty, CancellationToken stop)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stop, duty.Lost);
        await using var teller = await open(duty, held.Token);
        LogHeld();
        Volatile.Write(ref _teller, teller);
        var running = teller.RunAsync(held.Token);
        try
        {
            while (!held.IsCancellationRequested && !running.IsCompleted)
            {
                if (!await PassOnAsync(teller, held.Token)) await WaitAsync(held.Token);
            }
        }
        finally
        {
            Volatile.Write(ref _teller, null);
            await held.CancelAsync();
            await running;
            LogGivenUp();
        }
    }

    /// <returns>True when there may be more.</returns>
    private async Task<bool> PassOnAsync(ITeller teller, CancellationToken cancellationToken)
    {
        try
        {
            var grain = grains.GetGrain<IIncidentGrain>(0);
            var batch = await grain.Next(MostAtOnce);
            if (batch.IsEmpty) return false;
            await teller.TakeAsync(batch, cancellationToken);
            await grain.Told(batch);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(e.Message);
            return false;
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(rules.ViewEvery, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(2081, LogLevel.Information, "This hub tells of incidents from now on")]
    private partial void LogHeld();

    [LoggerMessage(2082, LogLevel.Information, "This hub does not tell of incidents any more")]
    private partial void LogGivenUp();

    [LoggerMessage(2083, LogLevel.Warning, "The duty of telling of incidents could not be asked for, or was lost; it is asked for again: {Why}")]
    private partial void LogNotHeld(string why);

    [LoggerMessage(2084, LogLevel.Error, "Notifications could not be handed over and are tried again: {Why}")]
    private partial void LogNotTold(string why);
}
