using System.Security.Cryptography;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.State;

namespace Monitoring.Cluster.Schedule;

/// <inheritdoc cref="IScheduleGrain" />
[HubOnly]
[GrainType("schedule")]
internal sealed class ScheduleGrain([PersistentState(StateNames.Schedule, StateNames.Storage)] IPersistentState<ScheduleDocument> kept) : Grain, IScheduleGrain
{
    public async Task<byte[]> Master()
    {
        if (kept.State.Master.Length == 0)
        {
            // Of two activations that race here one fails to write, and reads what the other drew when it is activated again.
            var drawn = new ScheduleDocument { Schema = ScheduleDocument.Current, Master = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) };
            var before = kept.State;
            kept.State = drawn;
            try
            {
                await kept.WriteStateAsync();
            }
            catch
            {
                kept.State = before;
                throw;
            }
        }

        return Convert.FromHexString(kept.State.Master);
    }
}
