using Monitoring.Core;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Sources;

namespace Monitoring.Standalone.Run;

/// <summary>Passes what the registry believes on to the hub.</summary>
internal sealed class HubEnrolment(MonitorHub hub) : IEnrolment
{
    public Task ApplyAsync(EnrolmentRule rule, CancellationToken cancellationToken) => hub.EnrolAsync(rule, cancellationToken);
}
