namespace Monitoring.Core;

/// <summary>
/// The network-wide scope: when so many orchestrators fail at once, one page tells of it, and their own incidents are told as warnings.
/// </summary>
public static class NetworkAvailability
{
    /// <summary>True when so many fail or are suspected at once that it is more than their own affair.</summary>
    /// <param name="active">Orchestrators in the active set.</param>
    /// <param name="troubled">Those of them that are not up.</param>
    /// <param name="policy">The rules.</param>
    public static bool Fails(int active, int troubled, AvailabilityPolicy policy) => troubled >= policy.LeastNetworkWide && troubled * 3 > active;

    /// <summary>Opens the incident of the network when more than a third are down, and resolves it when less than a quarter are.</summary>
    /// <param name="book">The incidents of the network.</param>
    /// <param name="active">Orchestrators in the active set.</param>
    /// <param name="down">Those of them that are down by the votes of the regions.</param>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="policy">The rules.</param>
    public static IncidentBook Look(IncidentBook book, int active, int down, DateTimeOffset now, AvailabilityPolicy policy)
    {
        if (Fails(active, down, policy))
        {
            return book.Opened(new Incident
            {
                Key = new IncidentKey(IncidentRule.OrchestratorDown, null, null, 0),
                Severity = Severity.Page,
                Since = now,
                OpenedAt = now,
                Summary = $"{down} of {active} orchestrators do not answer: the network, or something that they all depend on.",
            });
        }

        return down * 4 < active || down < policy.LeastNetworkWide ? book.Resolved(IncidentRule.OrchestratorDown, null, now, $"{active - down} of {active} orchestrators answer.") : book;
    }
}
