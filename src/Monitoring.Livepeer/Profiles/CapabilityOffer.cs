namespace Monitoring.Livepeer;

/// <summary>What one side offers or needs: its capabilities, those it insists on, its version and the least version it accepts.</summary>
/// <param name="Offered">The capabilities.</param>
/// <param name="Mandatory">Those that the other side must have too.</param>
/// <param name="Version">Its software version, cleaned; empty when it stated none.</param>
/// <param name="MinimumVersion">The least version it accepts; empty for any.</param>
public sealed record CapabilityOffer(CapabilitySet Offered, CapabilitySet Mandatory, string Version, string MinimumVersion)
{
    /// <summary>What a stream test needs. It states no version, as a stock gateway does.</summary>
    public static CapabilityOffer StreamTest { get; } = new(CapabilitySet.StreamTest, CapabilitySet.Empty, "", "");

    /// <summary>
    /// The compatibility test that gateway and orchestrator both run (protocol reference, 1.6): version, the orchestrator's mandatory
    /// capabilities, and the job's capabilities. Constraints per model concern AI jobs only and are not looked at.
    /// </summary>
    /// <param name="orchestrator">The other side's offer.</param>
    /// <returns>True when this job may be sent there.</returns>
    public bool IsCompatibleWith(CapabilityOffer orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return SoftwareVersion.Satisfies(orchestrator.Version, MinimumVersion)
            && orchestrator.Mandatory.IsSubsetOf(Offered)
            && Offered.IsSubsetOf(orchestrator.Offered);
    }

    internal static CapabilityOffer FromWire(Wire.Capabilities? capabilities) => capabilities is null
        ? new CapabilityOffer(CapabilitySet.Empty, CapabilitySet.Empty, "", "")
        : new CapabilityOffer(
            CapabilitySet.FromWords(capabilities.Bitstring),
            CapabilitySet.FromWords(capabilities.Mandatories),
            SoftwareVersion.Clean(capabilities.Version),
            SoftwareVersion.Clean(capabilities.Constraints?.MinVersion));

    internal Wire.Capabilities ToWire()
    {
        var capabilities = new Wire.Capabilities();
        capabilities.Bitstring.AddRange(Offered.Words);
        capabilities.Mandatories.AddRange(Mandatory.Words);
        return capabilities;
    }
}
