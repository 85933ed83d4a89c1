using Monitoring.Core;

namespace Monitoring.Cluster.Registry;

/// <summary>The registry's state as it is stored, beside <see cref="RegistryPage"/>.</summary>
internal sealed record RegistryDocument
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>
    /// Everybody, as a program wrote it that knew no pages. It is read while there is no page, and left as it is: a silo of the version before
    /// begins with it, and the next walk tells it the rest.
    /// </summary>
    public ImmutableArray<Enrolment> Enrolments { get; init; } = [];

    /// <summary>Those known from posted results alone.</summary>
    public ImmutableArray<OrchestratorId> Posted { get; init; } = [];
}

/// <summary>Some of the enrolments as they are stored.</summary>
internal sealed record RegistryPage
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>Whoever of this page was ever enrolled and is not forgotten, in order of address.</summary>
    public ImmutableArray<Enrolment> Enrolments { get; init; } = [];
}

/// <summary>An enrolment as it is remembered.</summary>
/// <param name="Id">Who.</param>
/// <param name="Record">What the source said last.</param>
/// <param name="Since">In the active set since, UTC.</param>
/// <param name="WithdrawnAt">Out of it since, UTC; null while in it.</param>
internal sealed record Enrolment(OrchestratorId Id, OrchestratorRecord Record, DateTimeOffset Since, DateTimeOffset? WithdrawnAt);
