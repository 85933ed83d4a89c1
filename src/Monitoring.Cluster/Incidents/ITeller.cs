using Monitoring.Core;
using Monitoring.Storage.Postgres;
using Monitoring.Web;

namespace Monitoring.Cluster.Incidents;

/// <summary>Tells people of incidents, in the one hub that has the duty. It keeps what it must remember in logs of the duty.</summary>
internal interface ITeller : IAsyncDisposable
{
    /// <summary>
    /// Takes notifications, each any number of times, and keeps them once by their incident's key and their sequence. When it completes all of them
    /// are durable.
    /// </summary>
    /// <exception cref="IOException">Not all were taken; they are given again.</exception>
    Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken);

    /// <summary>What it is asked from outside.</summary>
    /// <param name="question">The question.</param>
    /// <param name="board">Who may be subscribed to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">What is kept cannot be read or written just now.</exception>
    /// <exception cref="ObjectDisposedException">It was given up meanwhile.</exception>
    Task<AlertAnswer> AnswerAsync(AlertQuestion question, ILeaderboard board, CancellationToken cancellationToken);

    /// <summary>Tells until asked to stop.</summary>
    Task RunAsync(CancellationToken stop);
}

/// <summary>Opens the teller of a hub that has just got the duty, with what an earlier one left.</summary>
internal delegate Task<ITeller> OpenTeller(PostgresDuty duty, CancellationToken cancellationToken);
