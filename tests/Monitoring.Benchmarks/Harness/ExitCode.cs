namespace Monitoring.Benchmarks;

/// <summary>What the exit code tells.</summary>
internal static class ExitCode
{
    /// <summary>Every goal was met.</summary>
    public const int Ok = 0;

    /// <summary>A goal was missed, or something failed.</summary>
    public const int Missed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The machine is too busy to measure anything.</summary>
    public const int Busy = 3;
}
