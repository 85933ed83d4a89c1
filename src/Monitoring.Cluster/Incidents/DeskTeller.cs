using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Web;

namespace Monitoring.Cluster.Incidents;

/// <summary>The alert desk of the hub that has the duty, with the outbox and the memory of the duty.</summary>
internal sealed partial class DeskTeller : ITeller
{
    private readonly LogOutbox _outbox;
    private readonly IStateLog _memory;
    private readonly AlertDesk _desk;

    private DeskTeller(LogOutbox outbox, IStateLog memory, AlertDesk desk) => (_outbox, _memory, _desk) = (outbox, memory, desk);

    /// <summary>Opens it with what an earlier holder of the duty left.</summary>
    /// <param name="options">The section <c>Alerts</c>.</param>
    /// <param name="duty">The duty.</param>
    /// <param name="trouble">Why the instrument is not well; null while it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where log lines go.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="IOException">What is kept cannot be read.</exception>
    public static async Task<ITeller> OpenAsync(AlertOptions options, PostgresDuty duty, Func<string?> trouble, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var log = logs.CreateLogger<DeskTeller>();
        var outbox = LogOutbox.Open(await duty.OpenLogAsync("outbox", cancellationToken), new OutboxBounds(), fault => LogFault(log, fault.ToString()));
        var memory = await duty.OpenLogAsync("alerts", cancellationToken);
        return new DeskTeller(outbox, memory, new AlertDesk(options, outbox, memory, trouble, time, logs));
    }

    /// <inheritdoc />
    public Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken) => _desk.TakeAsync(notifications, cancellationToken);

    /// <inheritdoc />
    public Task<AlertAnswer> AnswerAsync(AlertQuestion question, ILeaderboard board, CancellationToken cancellationToken) => AlertAnswers.OfAsync(question, _desk, board, cancellationToken);

    /// <inheritdoc />
    public Task RunAsync(CancellationToken stop) => _desk.RunAsync(stop);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _outbox.DisposeAsync();
        await _memory.DisposeAsync();
    }

    [LoggerMessage(2085, LogLevel.Warning, "Damage in what is stored: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
