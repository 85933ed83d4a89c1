using Microsoft.Extensions.Logging;
using Monitoring.Web;

namespace Monitoring.Cluster.Incidents;

/// <summary>Asks the hub that tells of incidents, whichever it is: this one without a detour, another one by a call.</summary>
internal sealed partial class AskedDesk(AlertDuty duty, IGrainFactory grains, ILogger<AskedDesk> log)
{
    /// <inheritdoc cref="AskAlerts" />
    public async Task<AlertAnswer> AskAsync(AlertQuestion question, CancellationToken cancellationToken)
    {
        if (await duty.AnswerAsync(question, cancellationToken) is { } here) return here;
        try
        {
            if (await grains.GetGrain<IDeskGrain>(0).Where().WaitAsync(cancellationToken) is { } desk &&
                await desk.Ask(DeskQuestion.Of(question)).WaitAsync(cancellationToken) is { } answer)
            {
                return answer.To();
            }
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It has ended, and nobody has the duty yet.
            LogNotAsked(question.Subject, e.Message);
        }

        return AlertAnswer.Nobody;
    }

    [LoggerMessage(2086, LogLevel.Information, "The hub that tells of incidents could not be asked ({Subject}): {Why}")]
    private partial void LogNotAsked(AlertSubject subject, string why);
}
