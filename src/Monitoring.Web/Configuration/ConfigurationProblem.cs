namespace Monitoring.Web;

/// <summary>One thing in the configuration that somebody should know of.</summary>
/// <param name="Key">The key it is about, or the file.</param>
/// <param name="Text">What is wrong and what is expected.</param>
/// <param name="IsWarning">True when the monitor runs all the same.</param>
public sealed record ConfigurationProblem(string Key, string Text, bool IsWarning = false)
{
    /// <summary>Key and text.</summary>
    public override string ToString() => $"{Key}: {Text}";
}
