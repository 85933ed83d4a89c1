using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>A way to somebody who must know. It tells once; trying again is the delivery's part.</summary>
public interface IChannel
{
    /// <summary>Tells it once, within the time the token gives. It throws nothing but for its token: whatever goes wrong is in the attempt.</summary>
    /// <param name="notification">What is told.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken);
}

/// <summary>A channel whose receivers forget what is not repeated.</summary>
public interface IRepeatingChannel : IChannel
{
    /// <summary>Repeats everything that lasts, to every receiver.</summary>
    /// <param name="standing">What was told last of every incident that lasts.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<Attempt> RepeatAsync(IReadOnlyList<Notification> standing, CancellationToken cancellationToken);
}
