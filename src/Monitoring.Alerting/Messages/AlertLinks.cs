using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>Where a reader of an alert finds more. All of it is our own configuration.</summary>
/// <param name="Board">The public address of the board, without a slash at its end; null for none.</param>
/// <param name="Runbooks">The address of the runbooks, in which <c>{rule}</c> stands for the rule's name; null for none.</param>
public sealed record AlertLinks(string? Board, string? Runbooks)
{
    /// <summary>No links at all.</summary>
    public static AlertLinks None { get; } = new(null, null);

    /// <summary>The page of the incident's orchestrator, or the board for an incident without one; null where no board is configured.</summary>
    public string? PageOf(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return Board is null ? null : incident.Key.Orchestrator is { } orchestrator ? $"{Board}/orchestrators/{orchestrator.Text}" : Board + "/";
    }

    /// <summary>What to do about such an incident; null where no runbooks are configured.</summary>
    public string? RunbookOf(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        if (Runbooks is null) return null;
        return Runbooks.Contains("{rule}", StringComparison.Ordinal)
            ? Runbooks.Replace("{rule}", incident.Key.Rule.ToString(), StringComparison.Ordinal)
            : $"{Runbooks.TrimEnd('/')}/{incident.Key.Rule}.md";
    }
}
