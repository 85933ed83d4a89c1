using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Reads the key from where the configuration says it is.</summary>
public static class WalletKey
{
    private const int LongestPassword = 4096;

    /// <summary>Reads it.</summary>
    /// <exception cref="KeyException">It cannot be had; the message says why and holds no secret.</exception>
    public static Task<LoadedKey> LoadAsync(WalletOptions options, CancellationToken cancellationToken) =>
        LoadAsync(options, secret => LocalSigner.FromPrivateKey(secret), cancellationToken);

    /// <summary>Reads it for a signer of the caller's choice.</summary>
    /// <exception cref="KeyException">It cannot be had; the message says why and holds no secret.</exception>
    public static async Task<LoadedKey> LoadAsync(WalletOptions options, SignerFactory open, CancellationToken cancellationToken)
    {
        if (options.KeyFile is { } file) return await KeySource.FromFileAsync(file, null, open, cancellationToken);
        if (options.Keystore is { } keystore) return await KeySource.FromFileAsync(keystore, await PasswordAsync(options.PasswordFile!, cancellationToken), open, cancellationToken);
        return new LoadedKey(FromText(options.Key!.Value.Reveal(), open), ReadableByOthers: false);
    }

    private static ISigner FromText(string text, SignerFactory open)
    {
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        var secret = new byte[LocalSigner.SecretLength];
        try
        {
            if (digits.Length != 2 * secret.Length || Convert.FromHexString(digits, secret, out _, out _) != System.Buffers.OperationStatus.Done)
                throw new KeyException("Wallet:Key does not hold 64 hex digits.");
            return open(secret);
        }
        catch (ArgumentException)
        {
            throw new KeyException("Wallet:Key holds 32 bytes that are not a private key of secp256k1.");
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static async Task<string> PasswordAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(file).Length > LongestPassword) throw new KeyException($"The password file '{file}' is over {LongestPassword} bytes.");

            // Editors end a file with a line break that nobody means.
            return (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new KeyException($"The password file '{file}' cannot be read: {e.Message}", e);
        }
    }
}
