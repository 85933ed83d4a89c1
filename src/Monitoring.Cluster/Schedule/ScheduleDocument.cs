using Monitoring.Web;

namespace Monitoring.Cluster.Schedule;

/// <summary>The schedule's state as it is stored, beside <see cref="SharesPage"/>.</summary>
internal sealed record ScheduleDocument
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>The master secret in hexadecimal; empty until it is drawn.</summary>
    public string Master { get; init; } = "";

    /// <summary>
    /// By which rules days were planned; null in a document of a program that did not remember it. For whom is in it as a program wrote it that knew
    /// no pages: that is read while there is no page, and left as it is.
    /// </summary>
    public PlanHistory? History { get; init; }
}

/// <summary>For whom days were planned, some of them, as it is stored.</summary>
internal sealed record SharesPage
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>Their parts in the slots, each from an instant on; those of one orchestrator together, oldest first.</summary>
    public ImmutableArray<PublishedShare> Shares { get; init; } = [];
}
