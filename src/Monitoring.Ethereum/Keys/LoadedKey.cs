namespace Monitoring.Ethereum;

/// <summary>A key that was read from where the operator keeps it.</summary>
/// <param name="Signer">Signs with it; whoever loaded it disposes of it.</param>
/// <param name="ReadableByOthers">
/// Whether the file's permissions let others than its owner read or change it: worth a warning. Always false for the environment and where
/// the system has no such permissions.
/// </param>
public sealed record LoadedKey(ISigner Signer, bool ReadableByOthers) : IDisposable
{
    /// <summary>Frees the key.</summary>
    public void Dispose() => (Signer as IDisposable)?.Dispose();
}

/// <summary>Makes a signer of a private key.</summary>
/// <param name="secret">32 big-endian bytes, which are wiped afterwards: a signer keeps a copy or what it made of them.</param>
/// <exception cref="ArgumentException">They are no private key; the message does not hold it.</exception>
public delegate ISigner SignerFactory(ReadOnlySpan<byte> secret);
