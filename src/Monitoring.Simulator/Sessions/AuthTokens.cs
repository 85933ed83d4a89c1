using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>
/// Auth tokens (protocol section 1.7): HMAC-SHA256 of the session id and the minimal big-endian expiration. No table is kept: a token is good
/// on any connection until it expires or the node restarts with another secret.
/// </summary>
internal sealed class AuthTokens(ReadOnlySpan<byte> secret, TimeProvider clock)
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(30);

    private readonly byte[] _secret = secret.ToArray();

    public AuthToken Issue() => MakeUntil(clock.GetUtcNow() + Validity);

    /// <summary>A token that ended a minute ago, for a node that misbehaves.</summary>
    public AuthToken IssueExpired() => MakeUntil(clock.GetUtcNow() - TimeSpan.FromMinutes(1));

    public AuthToken Make(string sessionId, long expiration) => new()
    {
        Token = ByteString.CopyFrom(Mac(sessionId, expiration)),
        SessionId = sessionId,
        Expiration = expiration,
    };

    /// <summary>The orchestrator's words for what is wrong with the token; null if nothing is.</summary>
    public string? ProblemOf(AuthToken? token)
    {
        if (token is null) return "missing auth token";
        if (!IsGenuine(token)) return "invalid auth token";
        return token.Expiration < clock.GetUtcNow().ToUnixTimeSeconds() ? "expired auth token" : null;
    }

    public bool IsGenuine(AuthToken token) => CryptographicOperations.FixedTimeEquals(token.Token.Span, Mac(token.SessionId, token.Expiration));

    private AuthToken MakeUntil(DateTimeOffset end) => Make(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), end.ToUnixTimeSeconds());

    private byte[] Mac(string sessionId, long expiration)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes(sessionId), .. BigEndian.Minimal(expiration)];
        return HMACSHA256.HashData(_secret, message);
    }
}
