using Monitoring.Net;

namespace Monitoring.Livepeer.Tests;

public sealed class Discovery_talks_to_a_server : DiscoveryContract
{
    protected override IDiscovery Create(SafeDialer dialer, GatewayIdentity identity, OrchestratorLimits limits, TimeProvider time) =>
        new GrpcDiscovery(dialer, identity, limits, time);
}
