using System.Security.Cryptography;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.State;
using Monitoring.Core;

namespace Monitoring.Cluster.Regions;

/// <inheritdoc cref="ISealGrain" />
[HubOnly]
[GrainType("lease-seal")]
internal sealed class SealGrain([PersistentState(StateNames.LeaseSeal, StateNames.Storage)] IPersistentState<SealDocument> kept) : Grain, ISealGrain
{
    public async Task<byte[]> Secret()
    {
        // Of two activations that race here one fails to write, and reads what the other drew when it is activated again.
        if (kept.State.Secret.Length == 0)
            await this.KeepAsync(kept, new SealDocument { Schema = SealDocument.Current, Secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(LeaseSeal.SecretLength)) });
        return Convert.FromHexString(kept.State.Secret);
    }
}
