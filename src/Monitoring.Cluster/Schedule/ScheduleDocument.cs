using Monitoring.Web;

namespace Monitoring.Cluster.Schedule;

/// <summary>The schedule's state as it is stored.</summary>
internal sealed record ScheduleDocument
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>The master secret in hexadecimal; empty until it is drawn.</summary>
    public string Master { get; init; } = "";

    /// <summary>By which rules and for whom days were planned; null in a document of a program that did not remember it.</summary>
    public PlanHistory? History { get; init; }
}
