namespace Monitoring.Core;

/// <summary>
/// The network-wide scope: when so many orchestrators fail at once, one page tells of it, and their own incidents are told as warnings.
/// </summary>
public static class NetworkAvailability
{
    /// <summary>Of all that are unheard or down, more than so many tenths are an incident of the network, however few they are. 3.</summary>
    public const int UnheardTenths = 3;

    /// <summary>True when so many fail or are suspected at once that it is more than their own affair.</summary>
    /// <param name="counts">How all stand.</param>
    /// <param name="policy">The rules.</param>
    public static bool Fails(NetworkCounts counts, AvailabilityPolicy policy) => IsMany(counts.Troubled, counts, policy);

    /// <summary>
    /// Opens the incident of the network when more than a third are down, and resolves it when less than a quarter are, and no third is in doubt. Who is
    /// unheard counts as well; where there is one, <see cref="UnheardTenths"/> decide and no least number, for no other incident tells of him.
    /// </summary>
    /// <param name="book">The incidents of the network.</param>
    /// <param name="counts">How all stand.</param>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="policy">The rules.</param>
    public static IncidentBook Look(IncidentBook book, NetworkCounts counts, DateTimeOffset now, AvailabilityPolicy policy)
    {
        var (active, _, down, unheard) = counts;
        var silent = down + unheard;
        if (IsMany(silent, counts, policy) || (unheard > 0 && silent * 10 > UnheardTenths * active))
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

        // A region that has just lost its vote makes some of them suspects again, which is no answer.
        if (Fails(counts, policy)) return book;
        return silent * 4 < active || (unheard == 0 && down < policy.LeastNetworkWide)
            ? book.Resolved(IncidentRule.OrchestratorDown, null, now, $"{active - silent} of {active} orchestrators answer.")
            : book;
    }

    private static bool IsMany(int number, NetworkCounts counts, AvailabilityPolicy policy) => number >= policy.LeastNetworkWide && number * 3 > counts.Active;
}
