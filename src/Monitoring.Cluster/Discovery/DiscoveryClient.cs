using Monitoring.Core;
using Monitoring.Livepeer;

namespace Monitoring.Cluster.Discovery;

/// <summary>
/// Which adapter asks orchestrators for sessions, in tests and in liveness checks: the setting <c>Tests:Discovery</c>. Both dial by the same rules,
/// keep the same limits and judge alike; a node cannot tell them apart.
/// </summary>
public enum DiscoveryClient
{
    /// <summary>Our own unary calls (<see cref="GrpcDiscovery"/>).</summary>
    Own,

    /// <summary>Grpc.Net.Client (<see cref="GrpcNetDiscovery"/>).</summary>
    GrpcNet,
}

/// <summary>The adapter of a choice.</summary>
public static class DiscoveryClients
{
    /// <summary>Reads <c>Tests:Discovery</c>.</summary>
    public static DiscoveryClient Read(ISettings keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Choice("Tests:Discovery", DiscoveryClient.Own, [.. Enum.GetValues<DiscoveryClient>().Select(c => (c.ToString(), c))]);
    }

    /// <summary>What makes it.</summary>
    public static DiscoveryFactory Factory(this DiscoveryClient client) =>
        client == DiscoveryClient.GrpcNet ? (dialer, identity, limits, time) => new GrpcNetDiscovery(dialer, identity, limits, time) : GrpcDiscovery.Create;
}
