using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Monitoring.Ethereum;

/// <summary>
/// Password-protected key files as every Ethereum wallet has them ("Web3 Secret Storage Definition", version 3): PBKDF2 or scrypt, then
/// AES-128 in counter mode, and a keccak-256 that proves the password.
/// </summary>
public static class KeystoreV3
{
    /// <summary>The most bytes of a key file.</summary>
    public const int MostBytes = 16 * 1024;

    private const int DerivedLength = 32;
    private const int MostIterations = 10_000_000;

    // The cost of the files that the reference wallet writes: 256 MiB and about a second.
    private const int DefaultN = 1 << 18;
    private const int DefaultR = 8;
    private const int DefaultP = 1;

    /// <summary>Opens a key file.</summary>
    /// <param name="json">The file.</param>
    /// <param name="password">The password, taken as UTF-8.</param>
    /// <returns>The private key, 32 bytes; wiping it is the caller's part.</returns>
    /// <exception cref="KeyException">The file is not a key file of version 3, asks for too much, or the password is wrong.</exception>
    public static byte[] Decrypt(ReadOnlyMemory<byte> json, string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (json.Length > MostBytes) throw new KeyException($"The key file has {json.Length} bytes; at most {MostBytes} are read.");
        var file = KeystoreFile.Parse(json);
        var secretPassword = Encoding.UTF8.GetBytes(password);
        byte[] derived = [];
        try
        {
            derived = Derive(file, secretPassword);
            if (!CryptographicOperations.FixedTimeEquals(Mac(derived, file.Ciphertext), file.Mac))
                throw new KeyException("The password does not open the key file, or the file is damaged.");
            var secret = Counter(derived.AsSpan(0, 16), file.Iv, file.Ciphertext);
            file.CheckAddress(secret);
            return secret;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secretPassword);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Writes a key file, protected by scrypt.</summary>
    /// <param name="secret">The private key, 32 bytes.</param>
    /// <param name="password">The password, taken as UTF-8.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="ArgumentException">The key is none, or the password is empty.</exception>
    public static byte[] Encrypt(ReadOnlySpan<byte> secret, string password) => Encrypt(secret, password, DefaultN, DefaultR, DefaultP);

    internal static byte[] Encrypt(ReadOnlySpan<byte> secret, string password, int n, int r, int p)
    {
        if (string.IsNullOrEmpty(password)) throw new ArgumentException("A key file needs a password.", nameof(password));
        string address;
        using (var signer = LocalSigner.FromPrivateKey(secret)) address = Convert.ToHexStringLower(signer.Address.ToByteArray());

        var salt = RandomNumberGenerator.GetBytes(32);
        var iv = RandomNumberGenerator.GetBytes(16);
        var secretPassword = Encoding.UTF8.GetBytes(password);
        byte[] derived = [];
        try
        {
            derived = Scrypt.DeriveKey(secretPassword, salt, n, r, p, DerivedLength);
            var ciphertext = Counter(derived.AsSpan(0, 16), iv, secret);
            return JsonSerializer.SerializeToUtf8Bytes(new
            {
                address,
                crypto = new
                {
                    cipher = "aes-128-ctr",
                    cipherparams = new { iv = Convert.ToHexStringLower(iv) },
                    ciphertext = Convert.ToHexStringLower(ciphertext),
                    kdf = "scrypt",
                    kdfparams = new { dklen = DerivedLength, n, p, r, salt = Convert.ToHexStringLower(salt) },
                    mac = Convert.ToHexStringLower(Mac(derived, ciphertext)),
                },
                id = new Guid(RandomNumberGenerator.GetBytes(16)).ToString(),
                version = 3,
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secretPassword);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static byte[] Derive(KeystoreFile file, byte[] password)
    {
        if (file.Kdf == "scrypt")
        {
            if (!Scrypt.Accepts(file.N, file.R, file.P, out var why)) throw new KeyException($"The key file asks for more than is given: {why}.");
            return Scrypt.DeriveKey(password, file.Salt, (int)file.N, (int)file.R, (int)file.P, DerivedLength);
        }

        if (file.Iterations is < 1 or > MostIterations)
            throw new KeyException($"The key file asks for {file.Iterations} PBKDF2 iterations; 1 to {MostIterations} are run.");
        return Rfc2898DeriveBytes.Pbkdf2(password, file.Salt, (int)file.Iterations, HashAlgorithmName.SHA256, DerivedLength);
    }

    private static byte[] Mac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> ciphertext) => Keccak256.Hash([.. derived[16..32], .. ciphertext]);

    // AES-128 in counter mode (NIST SP 800-38A, 6.5): the block cipher over a big-endian counter that starts at the IV.
    private static byte[] Counter(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        var output = new byte[input.Length];
        Span<byte> counter = stackalloc byte[16];
        Span<byte> stream = stackalloc byte[16];
        iv.CopyTo(counter);
        for (var at = 0; at < input.Length; at += 16)
        {
            aes.EncryptEcb(counter, stream, PaddingMode.None);
            for (var i = 0; i < Math.Min(16, input.Length - at); i++) output[at + i] = (byte)(input[at + i] ^ stream[i]);
            for (var i = 15; i >= 0 && ++counter[i] == 0; i--)
            {
            }
        }

        stream.Clear();
        return output;
    }
}
