using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer.Tests;

/// <summary>Our side of a client test: limits that are generous where nothing is meant to time out, loopback allowed.</summary>
internal static class Gateway
{
    public static OrchestratorLimits Patient { get; } = new()
    {
        Connect = TimeSpan.FromSeconds(30),
        Call = TimeSpan.FromSeconds(30),
        Headers = TimeSpan.FromSeconds(30),
        Result = TimeSpan.FromSeconds(30),
        Download = TimeSpan.FromSeconds(30),
    };

    public static GrpcDiscovery Discovery(OrchestratorLimits? limits = null) =>
        new(Dialer(limits), OffChainPaymaster.Instance.Identity, limits ?? Patient, TimeProvider.System);

    public static SafeDialer Dialer(OrchestratorLimits? limits = null) => new(
        new DialPolicy { AllowLoopback = true, ConnectTimeout = (limits ?? Patient).Connect }, new SystemNameResolver(), TimeProvider.System);

    public static TestJob Job(string uri, DateTimeOffset? deadline = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new TestJob
        {
            Id = TestId.OnDemand("1"),
            Orchestrator = OrchestratorId.Parse("0x00000000000000000000000000000000000000aa"),
            Region = RegionId.Parse("MDW"),
            ServiceUri = uri,
            NotBefore = now,
            NotAfter = now.AddMinutes(1),
            Deadline = deadline ?? now.AddMinutes(5),
        };
    }
}
