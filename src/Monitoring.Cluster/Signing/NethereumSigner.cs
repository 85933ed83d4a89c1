using System.Diagnostics;
using System.Security.Cryptography;
using Monitoring.Ethereum;
using Nethereum.Signer;

namespace Monitoring.Cluster.Signing;

/// <summary>
/// Signs through Nethereum with a key held in this process. Unlike <see cref="LocalSigner"/> it leaves the secret to managed arithmetic, whose
/// copies in memory nobody can wipe, and needs no elliptic curve of the platform. Its signatures are deterministic (RFC 6979).
/// </summary>
[DebuggerDisplay("{Address}")]
public sealed class NethereumSigner : ISigner
{
    private static readonly EthereumMessageSigner Personal = new();

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly EthECKey _key;

    private NethereumSigner(EthECKey key)
    {
        _key = key;

        // Asked once and kept by the key, which fills its caches without a lock.
        Address = Address.Parse(key.GetPublicAddress());
        key.GetPubKey();
    }

    /// <inheritdoc />
    public Address Address { get; }

    /// <summary>A signer for a private key.</summary>
    /// <param name="secret">32 big-endian bytes. They are copied; wiping them is the caller's part.</param>
    /// <exception cref="ArgumentException">The length is not 32, or the number is 0 or not below the curve's order. The message does not hold the key.</exception>
    public static NethereumSigner FromPrivateKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != LocalSigner.SecretLength) throw new ArgumentException($"A private key has {LocalSigner.SecretLength} bytes, not {secret.Length}.", nameof(secret));
        var copy = secret.ToArray();
        try
        {
            return new NethereumSigner(new EthECKey(copy, isPrivate: true));
        }
        catch (Exception)
        {
            // The cause is left out: its message may repeat the number.
            throw new ArgumentException("That is no private key of secp256k1: it must be above 0 and below the order of the curve.", nameof(secret));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <inheritdoc />
    public ValueTask<Signature> SignPersonalAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Sign(Personal.HashPrefixedMessage(message.ToArray())));
    }

    /// <inheritdoc />
    public ValueTask<Signature> SignHashAsync(ReadOnlyMemory<byte> hash32, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (hash32.Length != 32) throw new ArgumentException($"A digest has 32 bytes, not {hash32.Length}.", nameof(hash32));
        return ValueTask.FromResult(Sign(hash32.ToArray()));
    }

    /// <summary>The address; never the key.</summary>
    public override string ToString() => Address.ToChecksumString();

    private Signature Sign(byte[] digest)
    {
        var made = _key.SignAndCalculateV(digest);
        var bytes = new byte[Signature.ByteLength];

        // Numbers come without leading zeros.
        made.R.CopyTo(bytes, 32 - made.R.Length);
        made.S.CopyTo(bytes, 64 - made.S.Length);
        bytes[64] = made.V[^1];
        return Signature.TryParse(bytes, out var signature, out var why) ? signature : throw new CryptographicException(why);
    }
}
