using System.Security.Cryptography;

namespace Monitoring.Web;

/// <summary>
/// One life of the hub. Regions sign its name, so that what was signed for an earlier life is worth nothing in this one, though the nonces of that
/// one are forgotten.
/// </summary>
internal sealed class HubSession
{
    /// <summary>Its name: 32 hex digits, drawn at start.</summary>
    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
