using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Net;
using Monitoring.Probing;

namespace Monitoring.Standalone.Run;

/// <summary>Puts the liveness loop of a region together: discovery over the same dialer rules and under the same identity as its tests.</summary>
internal static class RegionLiveness
{
    /// <summary>The loop; it has nothing to dispose of.</summary>
    public static LivenessLoop Create(
        RegionId id, bool allowLoopback, IPaymaster paymaster, IHub hub, IOwnHealth health, TestsUnderWay tests, TimeProvider time, ILoggerFactory logs)
    {
        var limits = new OrchestratorLimits();
        var dialer = new SafeDialer(new DialPolicy { AllowLoopback = allowLoopback, ConnectTimeout = limits.Connect }, new SystemNameResolver(), time);
        var probe = new DiscoveryProbe(new GrpcDiscovery(dialer, paymaster.Identity, limits, time));
        return new LivenessLoop(new LivenessOptions { Region = id }, hub, probe, health, tests.Has, time, logs.CreateLogger<LivenessLoop>());
    }
}
