using System.Security.Cryptography;

namespace Monitoring.Ethereum;

/// <summary>
/// Signs with a key held in this process. The secret goes through the platform's cryptography alone; v is then found from the finished
/// signature and the public key, which is public arithmetic.
/// </summary>
public sealed class LocalSigner : ISigner, IDisposable
{
    /// <summary>The bytes of a private key.</summary>
    public const int SecretLength = 32;

    // The chance that a signature has an x of n or more is about 2^-128; a second draw is for form's sake.
    private const int Attempts = 4;

    private readonly Lock _gate = new();
    private readonly ECDsa _key;
    private readonly PointMultiples _multiples;

    private LocalSigner(ECDsa key)
    {
        _key = key;
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        if (!FieldElement.TryRead(q.X, out var x) || !FieldElement.TryRead(q.Y, out var y) || !CurvePoint.TryCreate(x, y, out var point))
            throw new CryptographicException("The platform derived a public key that is not on secp256k1.");
        _multiples = new PointMultiples(point);
        Address = Recovery.AddressOf(point);
    }

    /// <inheritdoc />
    public Address Address { get; }

    /// <summary>A signer for a private key.</summary>
    /// <param name="secret">32 big-endian bytes. They are copied; wiping them is the caller's part.</param>
    /// <exception cref="ArgumentException">The length is not 32, or the number is 0 or not below the curve's order. The message does not hold the key.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform's cryptography has no secp256k1.</exception>
    public static LocalSigner FromPrivateKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretLength) throw new ArgumentException($"A private key has {SecretLength} bytes, not {secret.Length}.", nameof(secret));
        if (!InRange(secret)) throw new ArgumentException("That is no private key of secp256k1: it must be above 0 and below the order of the curve.", nameof(secret));

        var d = GC.AllocateUninitializedArray<byte>(SecretLength, pinned: true);
        secret.CopyTo(d);
        ECDsa? key = null;
        try
        {
            key = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue("1.3.132.0.10"), D = d });
            return new LocalSigner(key);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            key?.Dispose();
            throw new PlatformNotSupportedException("The cryptography of this platform cannot sign on secp256k1; on Linux, OpenSSL with that curve is needed.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <inheritdoc />
    public ValueTask<Signature> SignPersonalAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Sign(PersonalSign.Digest(message.Span)));
    }

    /// <inheritdoc />
    public ValueTask<Signature> SignHashAsync(ReadOnlyMemory<byte> hash32, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (hash32.Length != 32) throw new ArgumentException($"A digest has 32 bytes, not {hash32.Length}.", nameof(hash32));
        return ValueTask.FromResult(Sign(hash32.Span));
    }

    // Works on the calling thread, less than a millisecond of it. A benchmark measures this through SignPersonalAsync, which adds one keccak.
    internal Signature Sign(ReadOnlySpan<byte> digest)
    {
        Span<byte> bytes = stackalloc byte[Signature.ByteLength];
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            lock (_gate)
            {
                if (!_key.TrySignHash(digest, bytes, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out var written) || written != 64)
                    throw new CryptographicException("The platform made a signature of another length than 64 bytes.");
            }

            if (TryComplete(digest, bytes)) return Signature.TryParse(bytes, out var signature, out var why) ? signature : throw new CryptographicException(why);
        }

        throw new CryptographicException("The platform's signatures do not verify against the key's own public key.");
    }

    /// <summary>Frees the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The address; never the key.</summary>
    public override string ToString() => Address.ToChecksumString();

    // Makes s low and finds v. R = (z G + r Q) / s also proves the signature: a faulty one leaves this process under no circumstances.
    private bool TryComplete(ReadOnlySpan<byte> digest, Span<byte> bytes)
    {
        var r = Scalar.Read(bytes[..32]);
        var s = Scalar.Read(bytes[32..64]);
        if (s > Scalar.HalfOrder)
        {
            s = Scalar.Order - s;
            Scalar.Write(s, bytes[32..64]);
        }

        var inverse = Scalar.Inverse(s);
        Span<byte> ofBase = stackalloc byte[Scalar.ByteLength];
        Span<byte> ofKey = stackalloc byte[Scalar.ByteLength];
        Scalar.Write(Scalar.Read(digest) * inverse % Scalar.Order, ofBase);
        Scalar.Write(r * inverse % Scalar.Order, ofKey);
        var point = _multiples.Combine(ofBase, ofKey);
        if (point.IsInfinity) return false;

        var (x, y) = point.ToAffine();
        Span<byte> expected = stackalloc byte[FieldElement.ByteLength];
        x.WriteTo(expected);
        bytes[64] = y.IsOdd ? (byte)28 : (byte)27;
        return expected.SequenceEqual(bytes[..32]);
    }

    private static bool InRange(ReadOnlySpan<byte> secret)
    {
        // No early end and no big numbers: the comparison reveals nothing but its result.
        ReadOnlySpan<byte> order =
        [
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
            0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
        ];
        int borrow = 0, any = 0;
        for (var i = SecretLength - 1; i >= 0; i--)
        {
            borrow = (secret[i] - order[i] - borrow) >> 31 & 1;
            any |= secret[i];
        }

        return borrow == 1 && any != 0;
    }
}
