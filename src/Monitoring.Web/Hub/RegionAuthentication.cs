using System.Globalization;
using System.Security.Cryptography;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>A request was refused.</summary>
/// <param name="Reply">What is answered.</param>
/// <param name="Region">The region that it named; null when it named none.</param>
/// <param name="Kind">What was wrong.</param>
/// <param name="Reason">In words.</param>
internal sealed record HubRefusal(Reply Reply, RegionId? Region, RefusalKind Kind, string Reason);

/// <summary>
/// Finds out which region speaks. What costs nothing is looked at first; the signature only over a body that was read whole, and the nonce only after
/// the signature, so that strangers can neither fill the memory nor use up a region's share.
/// </summary>
internal sealed class RegionAuthentication(IRegionKeys keys, RegionTraffic traffic, HubSession session, TimeProvider time)
{
    /// <summary>Looks at the headers.</summary>
    /// <returns>Who says to speak, and with which key; or why nobody is believed.</returns>
    public (Claim? Claim, HubRefusal? Refusal) Read(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!int.TryParse(First(headers, HubWire.VersionHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return Bad($"the header {HubWire.VersionHeader} is missing; this is for regions (monitor region --hub URL)");
        if (version is < HubWire.OldestVersion or > HubWire.Version)
            return Bad($"version {version} of the protocol is not spoken here, {HubWire.OldestVersion} to {HubWire.Version} is; {(version > HubWire.Version ? "update the hub first" : "update the region")}");
        if (!RegionId.TryParse(First(headers, HubWire.RegionHeader), out var region)) return Bad($"the header {HubWire.RegionHeader} names no region");
        var signed = new SignedRequest(
            context.Request.Path.Value ?? "",
            region.Code,
            First(headers, HubWire.SessionHeader) ?? "",
            long.TryParse(First(headers, HubWire.TimeHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var millis) && millis < MostMillis ? millis : -1,
            First(headers, HubWire.NonceHeader) ?? "");
        var keyId = First(headers, HubWire.KeyHeader) ?? "";
        var signature = First(headers, HubWire.SignatureHeader) ?? "";
        if (signed.UnixMilliseconds < 0 || keyId.Length is 0 or > 64 || signature.Length is 0 or > 128 || !IsNonce(signed.Nonce) || signed.Session.Length > 64)
            return Bad("a header of the signature is missing or malformed", region);
        if (keys.Find(region, keyId) is not { } identity)
            return No(region, RefusalKind.UnknownKey, $"no key of that id speaks for {region}: it was revoked, or is of another hub; 'monitor region list' on the hub tells");
        if (signed.Session != session.Id) return No(region, RefusalKind.NotAuthentic, "the session is another one now; sign again", isUsual: true);
        var off = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(signed.UnixMilliseconds);
        if (off.Duration() > HubWire.TimeTolerance)
            return No(region, RefusalKind.NotAuthentic, string.Create(CultureInfo.InvariantCulture, $"the request was signed {off.TotalSeconds:0} s ago by the hub's clock; sign again by it"), isUsual: true);
        if (identity.ClientCertificateSha256 is { } pinned && Certificate(context) != pinned)
            return No(region, RefusalKind.NotAuthentic, "the connection does not show the client certificate that is pinned for this region");
        return (new Claim(identity, signed, signature), null);
    }

    /// <summary>Looks at the signature.</summary>
    /// <returns>Null when the region is who it says.</returns>
    public HubRefusal? Check(Claim claim, ReadOnlySpan<byte> body)
    {
        var region = claim.Identity.Region;
        using var key = RegionKey.ReadPublic(claim.Identity.PublicKey.AsSpan());
        if (key is null || !RequestSignature.Verify(key, claim.Signed, body, claim.Signature))
            return No(region, RefusalKind.NotAuthentic, "the signature is not that of the region's key over this request").Refusal;
        return traffic.Admit(region, claim.Signed.Nonce, DateTimeOffset.FromUnixTimeMilliseconds(claim.Signed.UnixMilliseconds)) switch
        {
            Admission.Replayed => No(region, RefusalKind.NotAuthentic, "this request came before; each needs a nonce of its own").Refusal,
            Admission.TooMany => new HubRefusal(Reply.Error(StatusCodes.Status429TooManyRequests, "too many requests of this region"), region, RefusalKind.TooMuch, "too many requests"),
            _ => null,
        };
    }

    /// <summary>Whether the key of a request that was believed still speaks for its region.</summary>
    public bool IsKnown(HttpContext context) =>
        RegionId.TryParse(First(context.Request.Headers, HubWire.RegionHeader), out var region) && keys.Find(region, First(context.Request.Headers, HubWire.KeyHeader) ?? "") is not null;

    // The year 2100.
    private const long MostMillis = 4_102_444_800_000;

    private static string? First(IHeaderDictionary headers, string name) => headers[name] is [{ Length: > 0 } first, ..] ? first : null;

    private static bool IsNonce(string nonce) => nonce.Length == SignedRequest.NonceLength && nonce.All(char.IsAsciiHexDigitLower);

    private static string? Certificate(HttpContext context) =>
        context.Connection.ClientCertificate is { } shown ? Convert.ToHexStringLower(SHA256.HashData(shown.RawDataMemory.Span)) : null;

    private static (Claim?, HubRefusal?) Bad(string reason, RegionId? region = null) =>
        (null, new HubRefusal(Reply.BadRequest(reason), region, RefusalKind.Unreadable, reason));

    private static (Claim? Claim, HubRefusal Refusal) No(RegionId region, RefusalKind kind, string reason, bool isUsual = false) =>
        (null, new HubRefusal(Reply.Error(StatusCodes.Status401Unauthorized, reason), isUsual ? null : region, kind, reason));

    /// <summary>Who says to speak.</summary>
    /// <param name="Identity">With which key.</param>
    /// <param name="Signed">What was signed beside the body.</param>
    /// <param name="Signature">The signature, not yet looked at.</param>
    internal sealed record Claim(RegionIdentity Identity, SignedRequest Signed, string Signature);
}
