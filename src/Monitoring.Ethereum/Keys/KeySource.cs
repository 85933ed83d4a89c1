using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Ethereum;

/// <summary>
/// Reads keys from a file or from the environment. Never from arguments: every user of a machine sees those.
/// </summary>
public static class KeySource
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads a key file: 64 hex digits (with or without <c>0x</c>), or a password-protected key file of version 3.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">The password; null when there is none, which is right for a hex file only.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyException">There is no such file, it cannot be read, it is neither of the two, or the password is wrong.</exception>
    public static Task<LoadedKey> FromFileAsync(string path, string? password, CancellationToken cancellationToken) =>
        FromFileAsync(path, password, LocalSigner.FromPrivateKey, cancellationToken);

    /// <summary>Reads a key file for a signer of the caller's choice.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">The password; null when there is none, which is right for a hex file only.</param>
    /// <param name="open">Makes the signer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyException">There is no such file, it cannot be read, it is neither of the two, or the password is wrong.</exception>
    public static async Task<LoadedKey> FromFileAsync(string path, string? password, SignerFactory open, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(open);
        var (bytes, isOpen) = await ReadAsync(path, cancellationToken).ConfigureAwait(false);
        byte[] secret = [];
        try
        {
            if (bytes.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
            {
                secret = KeystoreV3.Decrypt(
                    bytes, password ?? throw new KeyException($"The key file '{path}' is protected by a password, and none is configured."));
            }
            else
            {
                secret = ReadHex(bytes) ?? throw new KeyException($"The key file '{path}' is neither 64 hex digits nor a key file of version 3 (JSON).");
            }

            return new LoadedKey(Signer(secret, open, $"The key file '{path}'"), isOpen);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Reads 64 hex digits (with or without <c>0x</c>) from an environment variable.</summary>
    /// <param name="variable">The name of the variable.</param>
    /// <exception cref="KeyException">It is not set, or is no key.</exception>
    public static LoadedKey FromEnvironment(string variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text)
            throw new KeyException($"The environment variable {variable} is not set; it should hold the key as 64 hex digits.");
        var secret = ReadHex(Encoding.UTF8.GetBytes(text)) ?? throw new KeyException($"The environment variable {variable} does not hold 64 hex digits.");
        try
        {
            return new LoadedKey(Signer(secret, LocalSigner.FromPrivateKey, $"The environment variable {variable}"), false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Writes a new password-protected key file that its owner alone may read. An existing file is never touched.</summary>
    /// <exception cref="KeyException">The file exists already or cannot be written.</exception>
    public static async Task WriteKeystoreAsync(string path, ReadOnlyMemory<byte> secret, string password, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (File.Exists(path)) throw new KeyException($"The key file '{path}' exists already and is not replaced.");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var json = KeystoreV3.Encrypt(secret.Span, password);
        try
        {
            await using var stream = new FileStream(path, options);
            await stream.WriteAsync(json, cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyException($"The key file '{path}' could not be written: {e.Message}", e);
        }
    }

    private static async Task<(byte[] Bytes, bool Open)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
            var open = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & Others) != 0;
            var buffer = new byte[KeystoreV3.MostBytes + 1];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length == buffer.Length) throw new KeyException($"The key file '{path}' is larger than {KeystoreV3.MostBytes} bytes, so it is no key file.");
            var bytes = buffer[..length];
            CryptographicOperations.ZeroMemory(buffer);
            return (bytes, open);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new KeyException($"The key file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static byte[]? ReadHex(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.StartsWith("0x"u8)) text = text[2..];
        if (text.Length != 2 * LocalSigner.SecretLength) return null;
        var secret = new byte[LocalSigner.SecretLength];
        return Convert.FromHexString(text, secret, out _, out _) == System.Buffers.OperationStatus.Done ? secret : null;
    }

    private static ISigner Signer(byte[] secret, SignerFactory open, string source)
    {
        try
        {
            return open(secret);
        }
        catch (ArgumentException)
        {
            throw new KeyException($"{source} holds 32 bytes that are not a private key of secp256k1.");
        }
    }
}
