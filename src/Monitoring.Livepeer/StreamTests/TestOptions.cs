using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>Section <c>Tests</c>, and what is made of it: the parts of a broadcaster that tests and checks liveness.</summary>
/// <param name="Streams">Concurrent streams of one test, 1 to 8.</param>
/// <param name="Segments">Segments of the clip that are sent, 1 to 15.</param>
/// <param name="PriceCeiling">Wei per pixel above which an orchestrator is priced out.</param>
public sealed record TestOptions(int Streams, int Segments, int PriceCeiling)
{
    /// <summary>How tests are measured so: results of another method never share a window with these.</summary>
    public string Method => TestMethod.StreamTest(Clip.Embedded.Name, Segments, Streams);

    /// <summary>Makes the discovery of tests and of liveness checks.</summary>
    public DiscoveryFactory Discovery { get; init; } = GrpcDiscovery.Create;

    /// <summary>Reads the section.</summary>
    /// <param name="keys">The settings.</param>
    /// <param name="segments">Segments of the clip that are sent unless others are set, 1 to 15.</param>
    public static TestOptions Read(ISettings keys, int segments = 15)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return new TestOptions(keys.Number("Tests:Streams", 1, 1, 8), keys.Number("Tests:Segments", segments, 1, 15), keys.Number("Tests:PriceCeiling", 50_000, 0, int.MaxValue));
    }

    /// <summary>The stream test, with the embedded clip.</summary>
    /// <param name="allowLoopback">Addresses of this machine may be dialled.</param>
    /// <param name="paymaster">Pays for the segments.</param>
    /// <param name="time">The clock.</param>
    public StreamTest CreateTest(bool allowLoopback, IPaymaster paymaster, TimeProvider time) => StreamTest.Create(
        Clip.Embedded.Take(Segments),
        new StreamTestOptions { Streams = Streams, PriceCeiling = PriceCeiling, Dial = new DialPolicy { AllowLoopback = allowLoopback } },
        paymaster,
        time,
        Discovery);

    /// <summary>Discovery over the same dialer rules, within the same limits and under the same identity as the tests'.</summary>
    /// <inheritdoc cref="CreateTest" />
    public IDiscovery CreateDiscovery(bool allowLoopback, IPaymaster paymaster, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(paymaster);
        var limits = new OrchestratorLimits();
        var dialer = new SafeDialer(new DialPolicy { AllowLoopback = allowLoopback, ConnectTimeout = limits.Connect }, new SystemNameResolver(), time);
        return Discovery(dialer, paymaster.Identity, limits, time);
    }
}
