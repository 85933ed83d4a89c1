namespace Monitoring.Web;

/// <summary>What the command's exit code tells.</summary>
public static class ExitCode
{
    /// <summary>All went well; for <c>probe</c>: the orchestrator passed.</summary>
    public const int Ok = 0;

    /// <summary>It did not work; for <c>probe</c>: the orchestrator did not pass.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Interrupted before it had an answer.</summary>
    public const int Interrupted = 130;
}
