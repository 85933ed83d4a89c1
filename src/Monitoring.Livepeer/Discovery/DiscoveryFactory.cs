using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>Makes an adapter of discovery: <see cref="GrpcDiscovery"/>, or one over a library that this project does not know.</summary>
/// <param name="dialer">Opens the connections, whatever library speaks over them.</param>
/// <param name="identity">How we introduce ourselves.</param>
/// <param name="limits">What is waited for.</param>
/// <param name="time">The clock.</param>
public delegate IDiscovery DiscoveryFactory(SafeDialer dialer, GatewayIdentity identity, OrchestratorLimits limits, TimeProvider time);
