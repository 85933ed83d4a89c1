namespace Monitoring.Core;

/// <summary>How all orchestrators together stand.</summary>
/// <param name="Active">Orchestrators in the active set.</param>
/// <param name="Troubled">Those of them that are not up.</param>
/// <param name="Down">Those that are down by the votes of the regions.</param>
/// <param name="Unheard">Those that no region hears, while the regions may be at fault themselves (<see cref="AvailabilityState.Unheard"/>).</param>
public readonly record struct NetworkCounts(int Active, int Troubled, int Down, int Unheard)
{
    /// <summary>The same with one more orchestrator of the active set, or with one less.</summary>
    /// <param name="phase">Where it stands.</param>
    /// <param name="unheard">Whether it is unheard.</param>
    /// <param name="sign">1 or -1.</param>
    public NetworkCounts With(AvailabilityPhase phase, bool unheard, int sign) => new(
        Active + sign,
        Troubled + (phase != AvailabilityPhase.Up ? sign : 0),
        Down + (phase is AvailabilityPhase.Down or AvailabilityPhase.Recovering ? sign : 0),
        Unheard + (unheard ? sign : 0));
}
