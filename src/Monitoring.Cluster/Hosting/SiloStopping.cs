using Microsoft.Extensions.Hosting;

namespace Monitoring.Cluster.Hosting;

/// <summary>Tells grains that their process is shutting down, so that no long poll holds it up.</summary>
internal sealed class SiloStopping(IHostApplicationLifetime lifetime)
{
    /// <summary>Cancelled as the shutdown begins.</summary>
    public CancellationToken Token => lifetime.ApplicationStopping;
}
