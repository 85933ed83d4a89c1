using System.Globalization;
using System.Numerics;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// The nonces used so far, by recipient's number: each once, in any order, at most 600 (protocol section 3.8, checks 11 and 12). They are
/// forgotten when their parameters have expired. Not safe for concurrent use.
/// </summary>
internal sealed class SeenNonces
{
    private const int MaxNonces = 600;

    private readonly Dictionary<BigInteger, (HashSet<uint> Nonces, BigInteger ExpirationBlock)> _seen = [];
    private BigInteger _block;

    /// <summary>Uses a nonce; what is wrong with it in the orchestrator's words, null if nothing is.</summary>
    public string? Use(BigInteger recipientRand, Address sender, uint nonce, BigInteger expirationBlock)
    {
        if (!_seen.TryGetValue(recipientRand, out var seen)) seen = _seen[recipientRand] = ([], expirationBlock);
        if (seen.Nonces.Contains(nonce)) return Seen(sender, nonce);
        if (seen.Nonces.Count >= MaxNonces) return Problem("too many values", sender, nonce);
        seen.Nonces.Add(nonce);
        return null;
    }

    /// <summary>Forgets what has expired by a new block.</summary>
    public void Reach(BigInteger block)
    {
        if (block == _block) return;
        _block = block;
        foreach (var (rand, seen) in _seen)
        {
            if (seen.ExpirationBlock <= block) _seen.Remove(rand);
        }
    }

    /// <summary>The refusal of a nonce that was used before.</summary>
    public static string Seen(Address sender, uint nonce) => Problem("already seen", sender, nonce);

    private static string Problem(string what, Address sender, uint nonce) =>
        string.Create(CultureInfo.InvariantCulture, $"invalid ticket senderNonce: {what} sender={sender} nonce={nonce}");
}
