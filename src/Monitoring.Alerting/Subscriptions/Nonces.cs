using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Alerting;

/// <summary>
/// Issues nonces that are good once, for a while, and for one request. Nothing is kept of what is issued (a nonce is a keyed hash of what it
/// is for), so nobody fills anything by asking; what is redeemed is remembered until it would expire, and redeeming takes a signature. The key
/// lives as long as the process: after a restart old nonces are good for nothing, used or not.
/// </summary>
public sealed class Nonces(TimeProvider time)
{
    /// <summary>How long a nonce is good. 10 min.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int MostRedeemed = 100_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _redeemed = new(StringComparer.Ordinal);

    /// <summary>The text to sign for a request.</summary>
    public SubscriptionChallenge Issue(SubscriptionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        var nonce = NonceOf(request, expires, RandomNumberGenerator.GetHexString(32, lowercase: true));
        return new SubscriptionChallenge(TextOf(request, nonce, expires), nonce, expires);
    }

    /// <summary>The text that was to be signed for a request, if the nonce was issued for it and is still good. It stays good until it is redeemed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="nonce">The nonce.</param>
    /// <param name="expiresAt">When it was said to expire.</param>
    /// <param name="text">The text.</param>
    public bool TryFind(SubscriptionRequest request, string nonce, DateTimeOffset expiresAt, [NotNullWhen(true)] out string? text)
    {
        ArgumentNullException.ThrowIfNull(request);
        text = null;
        if (nonce is not { Length: 64 } || expiresAt <= time.GetUtcNow() || expiresAt > time.GetUtcNow() + Lifetime) return false;
        var expected = NonceOf(request, expiresAt, nonce[..32]);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(nonce))) return false;
        lock (_gate)
        {
            if (_redeemed.ContainsKey(nonce)) return false;
        }

        text = TextOf(request, nonce, expiresAt);
        return true;
    }

    /// <summary>Uses a nonce up, once its signature is found good.</summary>
    /// <returns>False when somebody else has used it, or too many were used lately.</returns>
    public bool TryRedeem(string nonce, DateTimeOffset expiresAt)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        lock (_gate)
        {
            if (_redeemed.Count >= MostRedeemed)
            {
                var now = time.GetUtcNow();
                foreach (var old in _redeemed.Where(r => r.Value <= now).Select(r => r.Key).ToList()) _redeemed.Remove(old);
            }

            return _redeemed.Count < MostRedeemed && _redeemed.TryAdd(nonce, expiresAt);
        }
    }

    // The first half of a nonce is drawn, the second binds it to what it is for.
    private string NonceOf(SubscriptionRequest request, DateTimeOffset expires, string drawn)
    {
        var bound = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(TextOf(request, drawn, expires)));
        return drawn + Convert.ToHexStringLower(bound.AsSpan(0, 16));
    }

    private static string TextOf(SubscriptionRequest request, string nonce, DateTimeOffset expires) =>
        $"Livepeer monitor: {Words(request)}\nOrchestrator: {request.Orchestrator.Text}\nNonce: {nonce}\nExpires: {AlertFacts.Instant(expires)}";

    private static string Words(SubscriptionRequest request) => request.Action switch
    {
        SubscriptionAction.Subscribe => $"send incidents of my orchestrator to {request.Subject}",
        SubscriptionAction.Delete => $"delete the subscription {request.Subject}",
        _ => "list the subscriptions of my orchestrator",
    };
}
