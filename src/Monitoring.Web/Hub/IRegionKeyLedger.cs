using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>Where the keys that speak for regions are issued and revoked, also while hubs run.</summary>
public interface IRegionKeyLedger
{
    /// <summary>Issues a key: from now on it speaks for its region, beside others that do.</summary>
    /// <param name="key">The key; its public half alone is kept.</param>
    /// <param name="clientCertificateSha256">SHA-256 of the client certificate that its connections must show, lower-case hex; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">There are too many.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    Task AddAsync(RegionKey key, string? clientCertificateSha256, CancellationToken cancellationToken);

    /// <summary>Revokes the keys of a region, or one of them.</summary>
    /// <param name="region">The region.</param>
    /// <param name="id">The key; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Keys that spoke for the region until now.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    Task<int> RevokeAsync(RegionId region, string? id, CancellationToken cancellationToken);

    /// <summary>All keys, revoked ones too, in order of region and issue.</summary>
    /// <exception cref="InvalidDataException">What is kept is damaged, or of a newer program.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    Task<ImmutableArray<RegionKeyEntry>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>A key in the list.</summary>
/// <param name="Region">Whom it speaks for.</param>
/// <param name="KeyId">Names the key.</param>
/// <param name="IssuedAt">When it was issued, UTC.</param>
/// <param name="RevokedAt">When it was revoked, UTC; null while it speaks for the region.</param>
/// <param name="ClientCertificateSha256">SHA-256 of the client certificate that its connections must show, lower-case hex; null for none.</param>
public sealed record RegionKeyEntry(RegionId Region, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset? RevokedAt, string? ClientCertificateSha256);
