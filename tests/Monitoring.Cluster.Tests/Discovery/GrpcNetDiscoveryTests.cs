using Monitoring.Cluster.Discovery;
using Monitoring.Livepeer;
using Monitoring.Livepeer.Tests;
using Monitoring.Net;

namespace Monitoring.Cluster.Tests.Discovery;

public sealed class GrpcNetDiscoveryTests : DiscoveryContract
{
    protected override IDiscovery Create(SafeDialer dialer, GatewayIdentity identity, OrchestratorLimits limits, TimeProvider time) =>
        new GrpcNetDiscovery(dialer, identity, limits, time);
}
