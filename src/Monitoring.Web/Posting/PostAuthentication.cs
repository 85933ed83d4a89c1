using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// Checks the signature of a post: the lower-case hex HMAC-SHA256 of the raw body in the <c>Authorization</c> header, without a scheme
/// (leaderboard reference A.8). A region with a secret of its own is covered by that secret alone, so whoever holds another can post for
/// other regions only. Every comparison takes the same time whatever it finds.
/// </summary>
internal sealed class PostAuthentication
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private const int HexLength = 2 * HMACSHA256.HashSizeInBytes;

    private readonly byte[]? _shared;
    private readonly Dictionary<RegionId, byte[]> _own;

    public PostAuthentication(WebOptions options)
    {
        // An empty secret is nobody's: it signs nothing.
        _shared = options.Secret.Length > 0 ? Encoding.UTF8.GetBytes(options.Secret) : null;
        _own = options.RegionSecrets.Where(pair => pair.Value.Length > 0).ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetBytes(pair.Value));
    }

    /// <summary>False when no secret could have signed with this header, so that its body need not be read.</summary>
    public bool IsPlausible(string? signature) =>
        signature is { Length: HexLength } && (_shared is not null || _own.Count > 0)
        && signature.AsSpan().IndexOfAnyExcept(HexDigits) < 0;

    /// <summary>What the signature allows; null when it is no secret's.</summary>
    public PostGrant? Check(string? signature, ReadOnlySpan<byte> body)
    {
        if (!IsPlausible(signature)) return null;
        Span<byte> given = stackalloc byte[HexLength];
        Encoding.ASCII.GetBytes(signature, given);

        // All secrets are tried, whichever fits: how long this takes tells nothing.
        var shared = _shared is not null && Fits(_shared, given, body);
        var regions = new HashSet<RegionId>();
        foreach (var (region, secret) in _own)
        {
            if (Fits(secret, given, body)) regions.Add(region);
        }

        return shared || regions.Count > 0 ? new PostGrant(shared, regions, _own.Keys) : null;
    }

    private static bool Fits(byte[] secret, ReadOnlySpan<byte> given, ReadOnlySpan<byte> body)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, body, mac);
        Span<byte> expected = stackalloc byte[HexLength];
        Convert.TryToHexStringLower(mac, expected, out _);
        return CryptographicOperations.FixedTimeEquals(expected, given);
    }
}

/// <summary>The regions a signature may post for.</summary>
/// <param name="Shared">It is the shared secret's: all regions without one of their own.</param>
/// <param name="Own">The regions whose own secret it is.</param>
/// <param name="WithOwn">All regions that have their own.</param>
internal sealed record PostGrant(bool Shared, IReadOnlySet<RegionId> Own, IReadOnlyCollection<RegionId> WithOwn)
{
    public bool Covers(RegionId region) => Own.Contains(region) || (Shared && !WithOwn.Contains(region));
}
