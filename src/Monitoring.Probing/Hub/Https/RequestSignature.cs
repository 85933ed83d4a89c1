using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Probing;

/// <summary>What of a request is signed beside its body.</summary>
/// <param name="Path">The path, as sent.</param>
/// <param name="Region">The region's code.</param>
/// <param name="Session">The hub's session.</param>
/// <param name="UnixMilliseconds">When it was signed.</param>
/// <param name="Nonce">32 hex digits.</param>
public readonly record struct SignedRequest(string Path, string Region, string Session, long UnixMilliseconds, string Nonce)
{
    /// <summary>Characters of a nonce.</summary>
    public const int NonceLength = 32;
}

/// <summary>
/// The signature of a request: ECDSA on P-256 with SHA-256 (64 bytes, r and s), over lines that name the protocol, POST, path, region, session, time,
/// nonce and the SHA-256 of the body.
/// </summary>
public static class RequestSignature
{
    /// <summary>Signs a request.</summary>
    /// <returns>Base64.</returns>
    public static string Sign(ECDsa key, SignedRequest request, ReadOnlySpan<byte> body) =>
        Convert.ToBase64String(key.SignData(TextOf(request, body), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    /// <summary>Whether a signature is of this key over this request; false for whatever is no signature.</summary>
    public static bool Verify(ECDsa key, SignedRequest request, ReadOnlySpan<byte> body, string signature)
    {
        Span<byte> bytes = stackalloc byte[66];
        return signature.Length == 88 && Convert.TryFromBase64String(signature, bytes, out var length) && length == 64
            && key.VerifyData(TextOf(request, body), bytes[..length], HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static byte[] TextOf(SignedRequest request, ReadOnlySpan<byte> body) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"monitor-hub-1\nPOST\n{request.Path}\n{request.Region}\n{request.Session}\n{request.UnixMilliseconds}\n{request.Nonce}\n{Convert.ToHexStringLower(SHA256.HashData(body))}\n"));
}
