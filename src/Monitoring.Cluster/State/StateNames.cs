namespace Monitoring.Cluster.State;

/// <summary>
/// The names under which grains keep their state. The provider's row key holds the name and the grain's key, not the grain's type: two
/// grain classes with one name and one key would overwrite each other, so each name is used once. A name never changes.
/// </summary>
internal static class StateNames
{
    /// <summary>The storage provider of all of them.</summary>
    public const string Storage = "hub";

    public const string Orchestrator = "orchestrator";
    public const string Schedule = "schedule";

    /// <summary>Of pages (<see cref="PagedState{TPage}"/>), each of which appends a hyphen and its number.</summary>
    public const string SchedulePages = "schedule-shares";

    public const string Registry = "registry";

    /// <inheritdoc cref="SchedulePages" />
    public const string RegistryPages = "registry-enrolments";

    public const string RegionHealth = "region-health";
    public const string Incidents = "incidents";
    public const string LeaseSeal = "lease-seal";
}
