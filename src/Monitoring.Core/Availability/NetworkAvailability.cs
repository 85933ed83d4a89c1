namespace Monitoring.Core;

/// <summary>
/// The network-wide scope: when so many orchestrators fail at once, one page tells of it, and their own incidents are told as warnings.
/// </summary>
public static class NetworkAvailability
{
    /// <summary>Of all that are unheard or down, more than so many tenths are an incident of the network, however few they are. 3.</summary>
    public const int UnheardTenths = 3;

    /// <summary>True when so many fail or are suspected at once that it is more than their own affair.</summary>
    /// <param name="active">Orchestrators in the active set.</param>
    /// <param name="troubled">Those of them that are not up.</param>
    /// <param name="policy">The rules.</param>
    public static bool Fails(int active, int troubled, AvailabilityPolicy policy) => troubled >= policy.LeastNetworkWide && troubled * 3 > active;

    /// <summary>
    /// Opens the incident of the network when more than a third are down, and resolves it when less than a quarter are. Who is unheard counts as
    /// well; where there is one, <see cref="UnheardTenths"/> decide and no least number, for no other incident tells of him.
    /// </summary>
    /// <param name="book">The incidents of the network.</param>
    /// <param name="active">Orchestrators in the active set.</param>
    /// <param name="down">Those of them that are down by the votes of the regions.</param>
    /// <param name="unheard">Those of them that no region hears, while the regions may be at fault themselves (<see cref="AvailabilityState.Unheard"/>).</param>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="policy">The rules.</param>
    public static IncidentBook Look(IncidentBook book, int active, int down, int unheard, DateTimeOffset now, AvailabilityPolicy policy)
    {
        var silent = down + unheard;
        if (Fails(active, silent, policy) || (unheard > 0 && silent * 10 > UnheardTenths * active))
        {
            return book.Opened(new Incident
            {
                Key = new IncidentKey(IncidentRule.OrchestratorDown, null, null, 0),
                Severity = Severity.Page,
                Since = now,
                OpenedAt = now,
                Summary = unheard > 0
                    ? $"{silent} of {active} orchestrators do not answer: the network, something that they all depend on, or our own connection."
                    : $"{silent} of {active} orchestrators do not answer: the network, or something that they all depend on.",
            });
        }

        return silent * 4 < active || (unheard == 0 && down < policy.LeastNetworkWide)
            ? book.Resolved(IncidentRule.OrchestratorDown, null, now, $"{active - silent} of {active} orchestrators answer.")
            : book;
    }
}
