using Monitoring.Core;

namespace Monitoring.Standalone.Sources;

/// <summary>Who has to know when the active set, or anything in it, changed.</summary>
internal interface IEnrolment
{
    /// <summary>Brings whoever is tested in line with the set; completes when that is durable. The same set twice changes nothing.</summary>
    Task ApplyAsync(EnrolmentRule rule, CancellationToken cancellationToken);
}
