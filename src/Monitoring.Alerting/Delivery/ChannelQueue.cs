using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>What a channel does next.</summary>
internal abstract record QueueStep
{
    /// <summary>Sends a delivery.</summary>
    public sealed record Send(OwedDelivery Delivery) : QueueStep;

    /// <summary>Forgets deliveries that nobody needs any more, in this order: what a crash leaves of them is an end, never a beginning.</summary>
    public sealed record Drop(ImmutableArray<OwedDelivery> Deliveries, string Why) : QueueStep;

    /// <summary>Waits until an instant, or, where there is none, until something is added.</summary>
    public sealed record Wait(DateTimeOffset? Until) : QueueStep;
}

/// <summary>What follows from an attempt.</summary>
internal abstract record QueueResult
{
    /// <summary>The delivery is done.</summary>
    public sealed record Done(OwedDelivery Delivery) : QueueResult;

    /// <summary>The delivery is tried again, as written in it.</summary>
    public sealed record Postponed(OwedDelivery Delivery) : QueueResult;

    /// <summary>The delivery is given up.</summary>
    public sealed record Dead(DeadLetter Letter) : QueueResult;
}

/// <summary>
/// The rules of one channel's deliveries, without a clock or a network: a queue per incident in order of the sequence, of which only the
/// first is ever sent, and the earliest due of all first. So the incidents do not wait for one another, except that a channel that fails
/// rests as a whole for a while.
/// </summary>
/// <remarks>
/// The one case in which nothing is sent: an incident below <see cref="Severity.Page"/> that began and ended while quiet hours held it back
/// and of which no attempt was ever made. Whatever may have arrived once is always followed by its end.
/// </remarks>
internal sealed class ChannelQueue(DeliveryPolicy policy, Func<OwedDelivery, DateTimeOffset, DateTimeOffset?> heldUntil, Random random)
{
    private readonly SortedDictionary<string, SortedDictionary<int, OwedDelivery>> _incidents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);
    private DateTimeOffset _restsUntil = DateTimeOffset.MinValue;
    private int _failuresInARow;

    /// <summary>Deliveries that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a delivery on; one that waits already is ignored.</summary>
    public void Add(OwedDelivery delivery)
    {
        var key = KeyOf(delivery);
        if (!_incidents.TryGetValue(key, out var queue)) _incidents.Add(key, queue = []);
        if (queue.TryAdd(delivery.Notification.Sequence, delivery)) Count++;
    }

    /// <summary>What to do now.</summary>
    public QueueStep Next(DateTimeOffset now)
    {
        OwedDelivery? best = null;
        var bestDue = DateTimeOffset.MaxValue;
        foreach (var (key, queue) in _incidents)
        {
            var first = queue.Values.First();
            if (_told.GetValueOrDefault(key, -1) > first.Notification.Sequence) return new QueueStep.Drop([first], "something later was told already");
            var due = first.NotBefore ?? first.AcceptedAt;
            if (Held(first, now) is { } until)
            {
                if (IsOverUnseen(queue)) return new QueueStep.Drop([.. queue.Values], "it began and ended in quiet hours");
                if (until > due) due = until;
            }

            if (due < bestDue || (due == bestDue && first.AcceptedAt < best!.AcceptedAt)) (best, bestDue) = (first, due);
        }

        if (best is null) return new QueueStep.Wait(null);
        if (bestDue < _restsUntil) bestDue = _restsUntil;
        return bestDue <= now ? new QueueStep.Send(best) : new QueueStep.Wait(bestDue);
    }

    /// <summary>What follows from an attempt of a delivery.</summary>
    public QueueResult Sent(OwedDelivery delivery, Attempt attempt, DateTimeOffset now)
    {
        var tried = delivery with { Attempts = delivery.Attempts + 1, Trouble = attempt.Answer };
        switch (attempt.Verdict)
        {
            case Verdict.Taken:
                (_failuresInARow, _restsUntil) = (0, DateTimeOffset.MinValue);
                return new QueueResult.Done(tried);
            case Verdict.Refused:
                return new QueueResult.Dead(new DeadLetter(tried, now, attempt.Status, attempt.Answer));
            default:
                _failuresInARow++;
                var asked = attempt.RetryAfter is { } span && span > TimeSpan.Zero ? Shorter(span, policy.LongestAsked) : (TimeSpan?)null;
                _restsUntil = now + (asked ?? Shorter(Doubled(TimeSpan.FromSeconds(1), _failuresInARow), policy.LongestRest));
                if (now - delivery.AcceptedAt >= policy.GiveUp)
                    return new QueueResult.Dead(new DeadLetter(tried, now, attempt.Status, $"given up after {tried.Attempts} attempts; the last: {attempt.Answer}"));
                var wait = Shorter(Doubled(policy.FirstWait, tried.Attempts), policy.LongestWait);
                var jittered = asked ?? (wait / 2) + (wait / 2 * random.NextDouble());
                var postponed = tried with { NotBefore = now + jittered };
                _incidents[KeyOf(delivery)][delivery.Notification.Sequence] = postponed;
                return new QueueResult.Postponed(postponed);
        }
    }

    /// <summary>Takes a delivery off, once the store has forgotten it.</summary>
    public void Remove(OwedDelivery delivery, bool wasTold)
    {
        var key = KeyOf(delivery);
        if (!_incidents.TryGetValue(key, out var queue) || !queue.Remove(delivery.Notification.Sequence)) return;
        Count--;
        if (queue.Count == 0) _incidents.Remove(key);
        if (delivery.Notification.Kind == NotificationKind.Resolved && queue.Count == 0) _told.Remove(key);
        else if (wasTold) _told[key] = delivery.Notification.Sequence;
    }

    private DateTimeOffset? Held(OwedDelivery first, DateTimeOffset now) => heldUntil(first, now) is { } until && until > now ? until : null;

    private static bool IsOverUnseen(SortedDictionary<int, OwedDelivery> queue) =>
        queue.First().Value.Notification is { Kind: NotificationKind.Opened } && queue.Last().Value.Notification.Kind == NotificationKind.Resolved
        && queue.Values.All(d => d.Attempts == 0 && d.Notification.Incident.Severity < Severity.Page);

    private static string KeyOf(OwedDelivery delivery) => delivery.Notification.Incident.Key.Text;

    private static TimeSpan Doubled(TimeSpan first, int times) => first * Math.Pow(2, Math.Min(times - 1, 20));

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
