using Monitoring.Cluster.Roles;

namespace Monitoring.Cluster.Incidents;

/// <inheritdoc cref="IDeskGrain" />
[KeepAlive]
[HubOnly]
[GrainType("desk")]
internal sealed class DeskGrain : Grain, IDeskGrain
{
    private IDesk? _desk;

    public Task Open(IDesk desk)
    {
        _desk = desk;
        return Task.CompletedTask;
    }

    public Task<IDesk?> Where() => Task.FromResult(_desk);
}
