using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Core;
using Monitoring.Storage.Postgres;
using Monitoring.Web;

namespace Monitoring.Cluster.Incidents;

/// <summary>
/// Sees that one hub at a time tells of incidents. Each tries to get the duty; who has it takes what the incidents' grain keeps, hands it to the
/// teller and only then has the grain forget it. When it dies another gets the duty and goes on with what the teller had kept. Meanwhile it answers
/// what any hub is asked about alerts.
/// </summary>
internal sealed partial class AlertDuty(PostgresUrl url, OpenTeller open, IGrainFactory grains, ILeaderboard board, HubRules rules, TimeProvider time, ILogger<AlertDuty> log)
    : BackgroundService, IDesk
{
    /// <summary>Names the duty for every hub of the database.</summary>
    public const string Name = "alerts";

    private const int MostAtOnce = 100;
    private ITeller? _teller;
    private IDesk? _here;

    /// <summary>Answers what is asked of alerting, while this hub has the duty.</summary>
    /// <returns>Null while it has not.</returns>
    public async Task<AlertAnswer?> AnswerAsync(AlertQuestion question, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _teller) is not { } teller) return null;
        try
        {
            return await teller.AnswerAsync(question, board, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The duty went to another hub, or the database is away: nobody can answer.
            LogNotAnswered(question.Subject, e.Message);
            return AlertAnswer.Nobody;
        }
    }

    async Task<DeskAnswer?> IDesk.Ask(DeskQuestion question) =>
        question.To() is { } known && await AnswerAsync(known, CancellationToken.None) is { } answer ? DeskAnswer.Of(answer) : null;

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
                await SayAsync();
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

    /// <summary>Tells the other hubs where to ask. Whoever still asks when the duty is gone is told so.</summary>
    private async Task SayAsync()
    {
        try
        {
            _here ??= grains.CreateObjectReference<IDesk>(this);
            await grains.GetGrain<IDeskGrain>(0).Open(_here);
        }
        catch (Exception e)
        {
            LogNotSaid(e.Message);
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

    [LoggerMessage(2087, LogLevel.Warning, "The other hubs could not be told to ask this one about alerts: {Why}")]
    private partial void LogNotSaid(string why);

    [LoggerMessage(2088, LogLevel.Warning, "What was asked of alerting ({Subject}) could not be answered; whoever asked may ask again: {Why}")]
    private partial void LogNotAnswered(AlertSubject subject, string why);
}
