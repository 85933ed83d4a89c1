using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>
/// An artificial incident that goes the whole way once a day: outbox, route, channel, receiver. It bears a mark that nobody can guess, and
/// the receiver proves that it arrived by sending the mark back, in whatever body its own webhooks have (<see cref="ArrivedAsync"/>).
/// </summary>
public sealed partial class Canary : IDisposable
{
    private const string Kind = "alerting";
    private const string Key = "canary";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CanaryOptions _options;
    private readonly AlertOutbox _outbox;
    private readonly IStateLog _memory;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private CanaryState? _state;

    /// <summary>Makes a canary with what an earlier process remembers of it.</summary>
    /// <param name="options">When it flies.</param>
    /// <param name="outbox">Where it starts.</param>
    /// <param name="memory">Remembers it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets a line per flight.</param>
    public Canary(CanaryOptions options, AlertOutbox outbox, IStateLog memory, TimeProvider time, ILogger<Canary> log)
    {
        ArgumentNullException.ThrowIfNull(memory);
        (_options, _outbox, _memory, _time, _log) = (options, outbox, memory, time, log);
        _state = memory.Find(Kind, Key) is { } json ? JsonSerializer.Deserialize(json, AlertingJson.Default.CanaryState) : null;
    }

    /// <summary>Why the way to the receiver is not proven, one sentence; null while it is, or while a canary is still in time.</summary>
    public string? Missed => _state is { ArrivedAt: null, IsOver: true } missed
        ? $"the daily test alert of {AlertFacts.Instant(missed.SentAt)} did not come back from its receiver"
        : null;

    internal event Action? Changed;

    /// <summary>The first instant at which something is to be done, and what.</summary>
    internal DateTimeOffset Due(DateTimeOffset now) => _state switch
    {
        null => now,
        { IsOver: false, ArrivedAt: not null } => now,
        { IsOver: false } flying => flying.SentAt + _options.Within,
        { ArrivedAt: null } missed => missed.SentAt + _options.Within + _options.Again,
        { } arrived => NextAfter(arrived.SentAt),
    };

    /// <summary>Takes the body of a request that a receiver sent: it proves the arrival when it holds the mark of the canary that flies.</summary>
    /// <param name="body">Any text.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>True when it does.</returns>
    /// <exception cref="StorageFullException">The arrival could not be noted.</exception>
    public async Task<bool> ArrivedAsync(string body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_state is not { } state || !body.Contains(state.Mark, StringComparison.Ordinal)) return false;
            if (state.ArrivedAt is not null) return true;
            var now = _time.GetUtcNow();
            await KeepAsync(state with { ArrivedAt = now }, cancellationToken);
            LogArrived(now - state.SentAt);
        }
        finally
        {
            _gate.Release();
        }

        Changed?.Invoke();
        _wake.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Sends canaries until asked to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            // What was owed when the last process ended may not have reached the outbox, which knows it if it has.
            if (_state is { IsOver: false } flying) await TryAsync(() => _outbox.TakeAsync(Opened(flying), stop));
            while (true)
            {
                var now = _time.GetUtcNow();
                var wait = Due(now) - now;
                if (wait > TimeSpan.Zero) await SleepAsync(wait, stop);
                else if (!await TryAsync(() => StepAsync(now, stop))) await Task.Delay(Patience, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task StepAsync(DateTimeOffset now, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_state is { IsOver: false } flying)
            {
                await _outbox.TakeAsync(Over(flying, now), stop);
                await KeepAsync(flying with { IsOver = true }, stop);
                if (flying.ArrivedAt is null) LogMissed(_options.Within);
            }
            else
            {
                var next = new CanaryState((_state?.Epoch ?? 0) + 1, "canary-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), now, null, false);

                // Remembered first: a mark that comes back must be known.
                await KeepAsync(next, stop);
                await _outbox.TakeAsync(Opened(next), stop);
                LogSent(next.Epoch);
            }
        }
        finally
        {
            _gate.Release();
        }

        Changed?.Invoke();
    }

    private async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (IOException e)
        {
            LogNotKept(e.Message);
            return false;
        }
    }

    private async Task KeepAsync(CanaryState state, CancellationToken cancellationToken)
    {
        await _memory.PutAsync(Kind, Key, JsonSerializer.Serialize(state, AlertingJson.Default.CanaryState), cancellationToken);
        _state = state;
    }

    private DateTimeOffset NextAfter(DateTimeOffset sent)
    {
        var next = new DateTimeOffset(DateOnly.FromDateTime(sent.UtcDateTime).ToDateTime(_options.At), TimeSpan.Zero);
        return next > sent ? next : next.AddDays(1);
    }

    private async Task SleepAsync(TimeSpan span, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(span, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
        }
    }

    private static Notification Opened(CanaryState state) => new(NotificationKind.Opened, 0, Incident(state));

    private static Notification Over(CanaryState state, DateTimeOffset now) => new(NotificationKind.Resolved, 1, Incident(state) with { ResolvedAt = now });

    private static Incident Incident(CanaryState state) => new()
    {
        Key = new IncidentKey(IncidentRule.Canary, null, null, state.Epoch),
        Severity = Severity.Page,
        Since = state.SentAt,
        OpenedAt = state.SentAt,
        Summary = string.Create(CultureInfo.InvariantCulture, $"Daily proof that alerts arrive; nothing is wrong. Send this mark back: {state.Mark}"),
    };

    [LoggerMessage(7020, LogLevel.Information, "Canary {Epoch} is under way")]
    private partial void LogSent(int epoch);

    [LoggerMessage(7021, LogLevel.Information, "The canary came back from its receiver after {Span}")]
    private partial void LogArrived(TimeSpan span);

    [LoggerMessage(7022, LogLevel.Error, "The canary did NOT come back from its receiver within {Within}: alerts may not arrive")]
    private partial void LogMissed(TimeSpan within);

    [LoggerMessage(7023, LogLevel.Error, "The canary could not be kept and is tried again: {Why}")]
    private partial void LogNotKept(string why);
}
