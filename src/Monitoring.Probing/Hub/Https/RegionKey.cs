using System.Security.Cryptography;
using System.Text;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>A key file that cannot be used. The message names the file and says what to do; it holds no secret.</summary>
public sealed class RegionKeyException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RegionKeyException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>
/// The private key of a region, on P-256. Its file is text: a line <c>Region: FRA</c>, a line <c>Key: 0123456789abcdef</c>, and the key as PKCS#8 in PEM.
/// </summary>
public sealed class RegionKey : IDisposable
{
    private const int MostBytesOfFile = 4096;
    private const int IdLength = 16;
    private readonly ECDsa _key;

    private RegionKey(RegionId region, ECDsa key)
    {
        Region = region;
        _key = key;
        Id = IdOf(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The region it is of.</summary>
    public RegionId Region { get; }

    /// <summary>Names the key in public: the first 16 hex digits of the SHA-256 of its public half.</summary>
    public string Id { get; }

    /// <summary>A new key.</summary>
    public static RegionKey Create(RegionId region) => new(region, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The id of a public key.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo, DER.</param>
    public static string IdOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey))[..IdLength];

    /// <summary>Reads a public key; null when the bytes are none on P-256.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo, DER.</param>
    public static ECDsa? ReadPublic(ReadOnlySpan<byte> publicKey)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            if (IsP256(key)) return key;
        }
        catch (CryptographicException)
        {
        }

        key.Dispose();
        return null;
    }

    /// <summary>The public half, SubjectPublicKeyInfo in DER.</summary>
    public byte[] PublicKey() => _key.ExportSubjectPublicKeyInfo();

    /// <summary>Signs a request.</summary>
    public string Sign(SignedRequest request, ReadOnlySpan<byte> body) => RequestSignature.Sign(_key, request, body);

    /// <summary>The text of its file. It is the secret itself.</summary>
    public string ToText() => $"Region: {Region}\nKey: {Id}\n{_key.ExportPkcs8PrivateKeyPem()}\n";

    /// <summary>Reads the text of a key file.</summary>
    /// <exception cref="FormatException">The text is none; the message says what is expected.</exception>
    public static RegionKey Parse(string text)
    {
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith("Region:", StringComparison.Ordinal));
        if (line is null || !RegionId.TryParse(line["Region:".Length..].Trim(), out var region)) throw new FormatException("A line 'Region: CODE' is expected.");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            if (!IsP256(key)) throw new FormatException("A key on the curve P-256 is expected.");

            // A public key alone is read as well; it must not get as far as the first request.
            _ = key.ExportParameters(includePrivateParameters: true);
            return new RegionKey(region, key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new FormatException("A private key in PEM (PKCS#8) is expected.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Reads a key file.</summary>
    /// <exception cref="RegionKeyException">It cannot be read or holds no key.</exception>
    public static RegionKey Load(string file)
    {
        try
        {
            if (new FileInfo(file).Length > MostBytesOfFile) throw new RegionKeyException($"The key file '{file}' has over {MostBytesOfFile} bytes; the file that 'monitor region add' wrote is expected.");
            return Parse(File.ReadAllText(file));
        }
        catch (FormatException e)
        {
            throw new RegionKeyException($"The key file '{file}' cannot be used: {e.Message} 'monitor region add' writes such a file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new RegionKeyException($"The key file '{file}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>True when others than its owner may read the file.</summary>
    public static bool IsReadableByOthers(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    /// <summary>Writes the key to a new file that only its owner may read.</summary>
    /// <exception cref="RegionKeyException">There is such a file already, or it cannot be written.</exception>
    public void Save(string file)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, options);
            stream.Write(Encoding.ASCII.GetBytes(ToText()));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new RegionKeyException($"The key file '{file}' cannot be written: {e.Message}", e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();

    /// <inheritdoc />
    public override string ToString() => $"{Region} {Id}";

    private static bool IsP256(ECDsa key) => key.KeySize == 256 && key.ExportParameters(false).Curve.Oid?.Value == "1.2.840.10045.3.1.7";
}
