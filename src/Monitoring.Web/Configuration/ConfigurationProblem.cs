namespace Monitoring.Web;

/// <summary>One thing in the configuration that somebody should know of.</summary>
/// <param name="Key">The key it is about, or the file.</param>
/// <param name="Text">What is wrong and what is expected.</param>
/// <param name="IsWarning">True when the monitor runs all the same.</param>
public sealed record ConfigurationProblem(string Key, string Text, bool IsWarning = false)
{
    /// <summary>Key and text.</summary>
    public override string ToString() => $"{Key}: {Text}";

    /// <summary>Prints what is wrong, a line each, warnings last.</summary>
    /// <param name="problems">What was found.</param>
    /// <param name="to">Where to.</param>
    /// <returns>True when there are only warnings.</returns>
    public static bool Print(IReadOnlyCollection<ConfigurationProblem> problems, TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(to);
        var errors = problems.Where(p => !p.IsWarning).ToList();
        if (errors.Count > 0) to.WriteLine(errors.Count == 1 ? "The configuration has a problem:" : $"The configuration has {errors.Count} problems:");
        foreach (var error in errors) to.WriteLine($"  {error}");
        foreach (var warning in problems.Where(p => p.IsWarning)) to.WriteLine($"WARNING {warning}");
        return errors.Count == 0;
    }
}
