using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What the hub endpoints need of their host: who may speak for a region.</summary>
public interface IRegionKeys
{
    /// <summary>
    /// The key of that id that speaks for the region now; null when there is none, or it was revoked. Asked for every request, so that a revocation
    /// takes effect at once.
    /// </summary>
    RegionIdentity? Find(RegionId region, string keyId);
}

/// <summary>A key that speaks for a region.</summary>
/// <param name="Region">The region.</param>
/// <param name="KeyId">Names the key.</param>
/// <param name="PublicKey">Its public half on P-256, SubjectPublicKeyInfo in DER.</param>
/// <param name="ClientCertificateSha256">SHA-256 of the client certificate that the connection must show, lower-case hex; null where none is asked for.</param>
public sealed record RegionIdentity(RegionId Region, string KeyId, ImmutableArray<byte> PublicKey, string? ClientCertificateSha256);

/// <summary>What the hub endpoints tell their host: that somebody was refused who spoke for a region.</summary>
public interface IRegionRefusals
{
    /// <summary>A request was refused. It costs nothing, never blocks and never throws.</summary>
    /// <param name="region">The region that it named; it is ours, whoever sent it.</param>
    /// <param name="kind">What was wrong.</param>
    /// <param name="reason">In words.</param>
    void Refused(RegionId region, RefusalKind kind, string reason);
}

/// <summary>Why something was refused that a region said.</summary>
public enum RefusalKind
{
    /// <summary>The signature, its time, its session or the client certificate was not right, or it came a second time.</summary>
    NotAuthentic,

    /// <summary>The key was revoked, or never issued.</summary>
    UnknownKey,

    /// <summary>What was said cannot be true, or is about another region's jobs.</summary>
    Lie,

    /// <summary>What was said could not be read.</summary>
    Unreadable,

    /// <summary>Too much was said.</summary>
    TooMuch,
}
