namespace Monitoring.Simulator;

/// <summary>Alternates between reachable and not, beginning with up, counted from the start of the node or from the change of its behaviour.</summary>
/// <param name="Up">How long the node listens; more than zero.</param>
/// <param name="Down">How long its port is closed; more than zero.</param>
public sealed record UpDownSchedule(TimeSpan Up, TimeSpan Down)
{
    internal bool IsUpAt(TimeSpan elapsed) => PhaseAt(elapsed) < Up;

    /// <summary>How long the present phase lasts from the given moment on.</summary>
    internal TimeSpan UntilNextChange(TimeSpan elapsed)
    {
        var phase = PhaseAt(elapsed);
        return phase < Up ? Up - phase : Up + Down - phase;
    }

    private TimeSpan PhaseAt(TimeSpan elapsed) => TimeSpan.FromTicks(elapsed.Ticks % (Up + Down).Ticks);
}
