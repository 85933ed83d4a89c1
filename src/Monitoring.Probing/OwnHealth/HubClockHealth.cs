using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>Our own health with the hub's clock as one more control: a region whose clock is off by more than 5 s measures nothing (design section 5).</summary>
public sealed class HubClockHealth(IOwnHealth controls, HubClock clock) : IOwnHealth
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public Task<OwnHealthReport> CheckAsync(bool fresh, CancellationToken cancellationToken) => clock.IsOffBy(Tolerance)
        ? Task.FromResult(new OwnHealthReport(
            OutcomeCode.OurClock, string.Create(CultureInfo.InvariantCulture, $"our clock and the hub's differ by {clock.Offset!.Value.TotalSeconds:0.0} s; set it (NTP)")))
        : controls.CheckAsync(fresh, cancellationToken);
}
