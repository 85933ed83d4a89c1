using System.Text.Json;
using System.Threading.Channels;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>
/// The one incident that this project opens itself, because nobody else can know: that alerts do not reach their receivers. It is told through
/// the channels that are left, and over once every channel took something again and the canary came back.
/// </summary>
public sealed partial class AlertingIncident
{
    private const string Kind = "alerting";
    private const string Key = "incident";
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly AlertOutbox _outbox;
    private readonly Canary? _canary;
    private readonly IStateLog _memory;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private AlertingState _state;

    /// <summary>Makes the incident with what an earlier process remembers of it.</summary>
    /// <param name="outbox">Whose deliveries are watched, and where it is told.</param>
    /// <param name="canary">The canary; null for none.</param>
    /// <param name="memory">Remembers it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets a line when its memory cannot be written.</param>
    public AlertingIncident(AlertOutbox outbox, Canary? canary, IStateLog memory, TimeProvider time, ILogger<AlertingIncident> log)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentNullException.ThrowIfNull(memory);
        (_outbox, _canary, _memory, _time, _log) = (outbox, canary, memory, time, log);
        _state = memory.Find(Kind, Key) is { } json && JsonSerializer.Deserialize(json, AlertingJson.Default.AlertingState) is { } kept ? kept : new AlertingState(0, null, false, []);
        outbox.Watch.Restore(_state.Broken);
    }

    /// <summary>Watches until asked to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        void Wake() => _wake.Writer.TryWrite(true);
        _outbox.Watch.Changed += Wake;
        if (_canary is not null) _canary.Changed += Wake;
        try
        {
            while (true)
            {
                try
                {
                    await StepAsync(stop);
                }
                catch (IOException e)
                {
                    LogNotKept(e.Message);
                }

                await SleepAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            _outbox.Watch.Changed -= Wake;
            if (_canary is not null) _canary.Changed -= Wake;
        }
    }

    private async Task StepAsync(CancellationToken stop)
    {
        var broken = _outbox.Watch.Broken;
        List<string> reasons = [.. broken.Select(b => $"channel {b.Channel} {b.Why}")];
        if (_canary?.Missed is { } missed) reasons.Add(missed);
        ImmutableArray<string> names = [.. broken.Select(b => b.Channel)];
        var now = _time.GetUtcNow();

        var next = _state;
        if (reasons.Count > 0 && _state.OpenedAt is null) next = new AlertingState(_state.Epoch + 1, now, true, names);
        else if (!names.SequenceEqual(_state.Broken)) next = _state with { Broken = names };
        if (next != _state) await KeepAsync(next, stop);

        if (_state is { OpenedAt: { } opened, IsOwed: true })
        {
            await _outbox.TakeAsync(new Notification(NotificationKind.Opened, 0, Incident(opened, string.Join("; ", reasons))), stop);
            await KeepAsync(_state with { IsOwed = false }, stop);
        }

        if (reasons.Count == 0 && _state.OpenedAt is { } began)
        {
            // Taken twice after a crash between the two, it is taken once: the end of an incident has one sequence.
            await _outbox.TakeAsync(new Notification(NotificationKind.Resolved, 1, Incident(began, "Alerts reach their receivers again.") with { ResolvedAt = now }), stop);
            await KeepAsync(_state with { OpenedAt = null, Broken = [] }, stop);
        }
    }

    private Incident Incident(DateTimeOffset opened, string summary) => new()
    {
        Key = new IncidentKey(IncidentRule.AlertingFailed, null, null, _state.Epoch),
        Severity = Severity.Page,
        Since = opened,
        OpenedAt = opened,
        Summary = Outcome.Clean(summary),
    };

    private async Task KeepAsync(AlertingState state, CancellationToken cancellationToken)
    {
        await _memory.PutAsync(Kind, Key, JsonSerializer.Serialize(state, AlertingJson.Default.AlertingState), cancellationToken);
        _state = state;
    }

    private async Task SleepAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Every, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(7030, LogLevel.Error, "The incident about alerting itself could not be kept and is tried again: {Why}")]
    private partial void LogNotKept(string why);
}
