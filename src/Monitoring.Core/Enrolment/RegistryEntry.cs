namespace Monitoring.Core;

/// <summary>One orchestrator as a source lists it.</summary>
/// <param name="Id">Its address, or the id made from its URI.</param>
/// <param name="ServiceUri">The address to dial, cleaned of surrounding white space.</param>
/// <param name="Verified">False when the id was made from the URI.</param>
public sealed record RegistryEntry(OrchestratorId Id, string ServiceUri, bool Verified)
{
    /// <summary>Announced maintenance, in order of start.</summary>
    public ImmutableArray<MaintenanceWindow> Maintenance { get; init; } = [];

    /// <summary>
    /// The endpoint that tests of this entry go to, <c>host:port</c> in lower case; the whole text where it is no URI, so that such an entry
    /// is tested, and fails, by itself.
    /// </summary>
    public string Endpoint => Uri.TryCreate(ServiceUri, UriKind.Absolute, out var uri) && uri.Host.Length > 0
        ? $"{uri.IdnHost.ToLowerInvariant()}:{uri.Port}"
        : ServiceUri.ToLowerInvariant();
}
