using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Monitoring.Cluster.Run;

/// <summary>What a silo knows of its own standing, without asking anybody.</summary>
internal sealed class SiloState(ILocalSiloDetails silo, IClusterMembershipService members, IHostApplicationLifetime lifetime)
{
    /// <summary>Why the silo takes no part in the cluster just now; null while it does.</summary>
    public string? Trouble => lifetime.ApplicationStopping.IsCancellationRequested ? "the silo is shutting down"
        : members.CurrentSnapshot.GetSiloStatus(silo.SiloAddress) is var status && status != SiloStatus.Active ? $"the silo is {status}" : null;
}
