using Monitoring.Core;
using Monitoring.Storage.Postgres;

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

    /// <summary>Tells until asked to stop.</summary>
    Task RunAsync(CancellationToken stop);
}

/// <summary>Opens the teller of a hub that has just got the duty, with what an earlier one left.</summary>
internal delegate Task<ITeller> OpenTeller(PostgresDuty duty, CancellationToken cancellationToken);
