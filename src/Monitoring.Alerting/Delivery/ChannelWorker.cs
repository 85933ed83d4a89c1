using System.Threading.Channels;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>Works off what one channel is owed, one delivery at a time: the shell around <see cref="ChannelQueue"/>.</summary>
internal sealed partial class ChannelWorker
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly string _name;
    private readonly Func<IChannel?> _channel;
    private readonly IOutboxStore _store;
    private readonly ChannelQueue _queue;
    private readonly DeliveryPolicy _policy;
    private readonly DeliveryWatch _watch;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private DateTimeOffset _repeatAt = DateTimeOffset.MinValue;

    /// <summary>Makes a worker.</summary>
    /// <param name="name">The channel's name.</param>
    /// <param name="channel">The channel; null once it is not configured any more.</param>
    /// <param name="heldUntil">Until when quiet hours hold a delivery back, if they do.</param>
    /// <param name="store">Where the deliveries are.</param>
    /// <param name="policy">How often it is tried.</param>
    /// <param name="watch">Hears how deliveries end.</param>
    /// <param name="random">Draws the jitter.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets a line per decision.</param>
    public ChannelWorker(
        string name, Func<IChannel?> channel, Func<OwedDelivery, DateTimeOffset, DateTimeOffset?> heldUntil, IOutboxStore store, DeliveryPolicy policy,
        DeliveryWatch watch, Random random, TimeProvider time, ILogger log)
    {
        _name = name;
        _channel = channel;
        _store = store;
        _queue = new ChannelQueue(policy, heldUntil, random);
        _policy = policy;
        _watch = watch;
        _time = time;
        _log = log;
    }

    /// <summary>Takes a delivery on.</summary>
    public void Add(OwedDelivery delivery)
    {
        lock (_gate) _queue.Add(delivery);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Works until asked to stop; what is left then waits in the store.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // Whoever starts the workers does not wait for the first step of each.
        await Task.Yield();
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
                    // What was told and could not be noted is told again: the receiver drops it by its key.
                    LogStoreFails(_name, e.Message);
                    await Task.Delay(_policy.LongestRest, _time, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task StepAsync(CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        var repeating = _channel() as IRepeatingChannel;
        if (repeating is not null && now >= _repeatAt)
        {
            await RepeatAsync(repeating, stop);
            _repeatAt = _time.GetUtcNow() + _policy.Repeat;
            return;
        }

        QueueStep step;
        lock (_gate) step = _queue.Next(now);
        switch (step)
        {
            case QueueStep.Send(var delivery):
                await SendAsync(delivery, stop);
                break;
            case QueueStep.Drop(var deliveries, var why):
                foreach (var delivery in deliveries)
                {
                    await _store.SettleAsync(delivery, standing: false, stop);
                    Remove(delivery, wasTold: false);
                    LogDropped(delivery.Id, why);
                }

                break;
            case QueueStep.Wait(var until):
                var span = until is { } instant ? instant - now : LongestSleep;
                if (repeating is not null && _repeatAt - now < span) span = _repeatAt - now;
                await SleepAsync(span, stop);
                break;
        }
    }

    private async Task SendAsync(OwedDelivery delivery, CancellationToken stop)
    {
        var channel = _channel();
        var attempt = channel is null
            ? new Attempt(Verdict.Refused, 0, $"the channel {_name} is not configured any more")
            : await AttemptAsync(token => channel.SendAsync(delivery.Notification, token), stop);

        // What came of it is noted even when asked to stop meanwhile: else every restart could tell a thing twice.
        QueueResult result;
        lock (_gate) result = _queue.Sent(delivery, attempt, _time.GetUtcNow());
        switch (result)
        {
            case QueueResult.Done(var done):
                await _store.SettleAsync(done, channel is IRepeatingChannel, CancellationToken.None);
                Remove(delivery, wasTold: true);
                LogTold(delivery.Id, done.Attempts);
                _watch.Told(delivery);
                break;
            case QueueResult.Postponed(var postponed):
                LogNotTaken(delivery.Id, attempt.Status, attempt.Answer, postponed.Attempts, postponed.NotBefore - _time.GetUtcNow());
                _watch.Failed();
                await _store.PostponeAsync(postponed, CancellationToken.None);
                break;
            case QueueResult.Dead(var letter):
                LogDead(delivery.Id, letter.Status, letter.Why);
                await _store.BuryAsync(letter, CancellationToken.None);
                Remove(delivery, wasTold: false);
                _watch.Died(letter);
                break;
        }
    }

    private async Task RepeatAsync(IRepeatingChannel channel, CancellationToken stop)
    {
        var standing = await _store.ReadStandingAsync(_name, stop);
        if (standing.IsEmpty) return;
        var attempt = await AttemptAsync(token => channel.RepeatAsync(standing, token), stop);
        if (attempt.Verdict != Verdict.Taken) LogNotRepeated(_name, standing.Length, attempt.Status, attempt.Answer);
    }

    private async Task<Attempt> AttemptAsync(Func<CancellationToken, Task<Attempt>> send, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(_policy.Attempt, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await send(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Attempt(Verdict.Failed, 0, $"no answer within {_policy.Attempt.TotalSeconds:0.###} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A channel's own mistake must not end the worker; the incident is tried again and then given up, both aloud.
            LogChannelBroke(_name, e);
            return new Attempt(Verdict.Failed, 0, $"the channel itself failed ({e.GetType().Name})");
        }
    }

    private void Remove(OwedDelivery delivery, bool wasTold)
    {
        lock (_gate) _queue.Remove(delivery, wasTold);
    }

    private async Task SleepAsync(TimeSpan span, CancellationToken stop)
    {
        if (span > LongestSleep) span = LongestSleep;
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

    [LoggerMessage(7001, LogLevel.Information, "{Delivery} was told (attempt {Attempts})")]
    private partial void LogTold(string delivery, int attempts);

    [LoggerMessage(7002, LogLevel.Warning, "{Delivery} was not taken ({Status}: {Answer}), attempt {Attempts}; it is tried again in {Wait}")]
    private partial void LogNotTaken(string delivery, int status, string answer, int attempts, TimeSpan? wait);

    [LoggerMessage(7003, LogLevel.Error, "{Delivery} is GIVEN UP and lies with the dead letters ('monitor alerts dead'): {Status} {Why}")]
    private partial void LogDead(string delivery, int status, string why);

    [LoggerMessage(7004, LogLevel.Information, "{Delivery} is not told: {Why}")]
    private partial void LogDropped(string delivery, string why);

    [LoggerMessage(7005, LogLevel.Warning, "{Channel}: {Count} incidents that last could not be repeated ({Status}: {Answer})")]
    private partial void LogNotRepeated(string channel, int count, int status, string answer);

    [LoggerMessage(7006, LogLevel.Error, "{Channel}: the outbox cannot be written and is tried again: {Why}")]
    private partial void LogStoreFails(string channel, string why);

    [LoggerMessage(7007, LogLevel.Error, "{Channel} failed in itself")]
    private partial void LogChannelBroke(string channel, Exception e);
}
