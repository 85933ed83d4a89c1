namespace Monitoring.Ethereum;

/// <summary>A key that was read from where the operator keeps it.</summary>
/// <param name="Signer">Signs with it; whoever loaded it disposes of it.</param>
/// <param name="ReadableByOthers">
/// Whether the file's permissions let others than its owner read or change it: worth a warning. Always false for the environment and where
/// the system has no such permissions.
/// </param>
public sealed record LoadedKey(LocalSigner Signer, bool ReadableByOthers) : IDisposable
{
    /// <summary>Frees the key.</summary>
    public void Dispose() => Signer.Dispose();
}
