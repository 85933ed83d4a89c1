namespace Monitoring.Testing.Processes;

/// <summary>How long one test of real processes may take.</summary>
internal static class ProcessLimit
{
    /// <summary>Ten minutes, 0 (none) in long runs. The longest takes four on two processors.</summary>
    public static int Milliseconds { get; } = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1" ? 0 : 600_000;
}
