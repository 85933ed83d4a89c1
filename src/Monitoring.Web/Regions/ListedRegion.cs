using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What kind of work a region's results are about, by the old API's words.</summary>
public enum JobType
{
    /// <summary>Transcoding of live video.</summary>
    Transcoding,

    /// <summary>AI jobs: a pipeline and a model.</summary>
    Ai,
}

/// <summary>One row of <c>/api/regions</c>: a region that results of one type may come from. The same region may be listed once per type.</summary>
/// <param name="Id">The region.</param>
/// <param name="Name">What a person calls it, for example <c>São Paulo</c>.</param>
/// <param name="Type">The type of work.</param>
public sealed record ListedRegion(RegionId Id, string Name, JobType Type);
