using Monitoring.Core;

namespace Monitoring.Storage;

/// <summary>
/// Keeps what is owed to whoever must know of an incident, until each channel has it or has refused it for good. It survives kill -9 at any
/// instant: a delivery may happen twice under the same key, never not at all.
/// </summary>
public interface IOutboxStore : IAsyncDisposable
{
    /// <summary>Deliveries that wait.</summary>
    int Waiting { get; }

    /// <summary>Dead letters that are kept.</summary>
    int Dead { get; }

    /// <summary>
    /// Takes a notification on, once by its incident's key and its sequence. Whoever was told of the incident before is told again, whatever
    /// the rules say by now, so that nobody waits for an end that went elsewhere. When the task completes it is durable.
    /// </summary>
    /// <param name="notification">What is to be told; those of one incident come in the order of their sequence.</param>
    /// <param name="to">To whom, by the rules of now; no channel twice. Empty for nobody.</param>
    /// <param name="at">When it was taken on, UTC.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The deliveries that were added; none when the notification was there already or concerns nobody.</returns>
    /// <exception cref="StorageFullException">A bound is reached or the disk is full. Nothing was taken: offer it again later.</exception>
    Task<ImmutableArray<OwedDelivery>> AddAsync(Notification notification, ImmutableArray<Receiver> to, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Everything that waits, in order of acceptance, those of one incident in order of their sequence.</summary>
    Task<ImmutableArray<OwedDelivery>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes down that a delivery failed and when it is tried again.</summary>
    /// <exception cref="StorageFullException">It could not be written; the old state stands.</exception>
    Task PostponeAsync(OwedDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Forgets a delivery that is done or that nobody needs any more. One that is not there is no error.</summary>
    /// <param name="delivery">Which.</param>
    /// <param name="standing">
    /// True for a channel that repeats what lasts: the notification is kept as the incident's standing one until its end is settled too.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageFullException">It could not be written; the delivery still waits.</exception>
    Task SettleAsync(OwedDelivery delivery, bool standing, CancellationToken cancellationToken);

    /// <summary>What a channel was told last of every incident that lasts, in order of the incidents' keys.</summary>
    Task<ImmutableArray<Notification>> ReadStandingAsync(string channel, CancellationToken cancellationToken);

    /// <summary>Gives a delivery up and keeps it for a person to see. Of more dead letters than the bound the oldest go.</summary>
    /// <exception cref="StorageFullException">It could not be written; the delivery still waits.</exception>
    Task BuryAsync(DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>The dead letters, the oldest first.</summary>
    Task<ImmutableArray<DeadLetter>> ReadDeadAsync(CancellationToken cancellationToken);
}

/// <summary>Who is told, and by which rule.</summary>
/// <param name="Channel">The channel's name: 1 to 40 of lower-case letters, digits and hyphens.</param>
/// <param name="Route">The name of the route that led there; empty for none. It decides about quiet hours.</param>
public readonly record struct Receiver(string Channel, string Route);

/// <summary>One notification that one channel has not got yet.</summary>
public sealed record OwedDelivery
{
    /// <summary>The channel's name.</summary>
    public required string Channel { get; init; }

    /// <summary>The route that led there; empty for none.</summary>
    public string Route { get; init; } = "";

    /// <summary>What it is to be told.</summary>
    public required Notification Notification { get; init; }

    /// <summary>When the outbox took it on, UTC.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Attempts so far, each of which may have arrived.</summary>
    public int Attempts { get; init; }

    /// <summary>Not tried again before this instant, UTC; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>What went wrong last, in our own words or cleaned; empty for nothing.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>Names the delivery: the incident's key, the sequence and the channel.</summary>
    public string Id => $"{Notification.Incident.Key.Text} {Notification.Sequence:D6} {Channel}";
}

/// <summary>A delivery that was given up.</summary>
/// <param name="Delivery">What was owed.</param>
/// <param name="At">When it was given up, UTC.</param>
/// <param name="Status">The HTTP status of the last answer; 0 where there was none.</param>
/// <param name="Why">Why, cleaned.</param>
public sealed record DeadLetter(OwedDelivery Delivery, DateTimeOffset At, int Status, string Why);
