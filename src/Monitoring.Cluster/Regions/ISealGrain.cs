using Orleans.Concurrency;

namespace Monitoring.Cluster.Regions;

/// <summary>Keeps the secret that leases are sealed with, drawn once for the life of the cluster. Key 0.</summary>
[Alias("monitoring.lease-seal")]
internal interface ISealGrain : IGrainWithIntegerKey
{
    /// <summary>The secret. For hub silos alone: whoever has it can make up leases.</summary>
    [Alias("Secret")]
    [ResponseTimeout("00:00:10")]
    Task<byte[]> Secret();
}
