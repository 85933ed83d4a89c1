using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// The throw-away keys of simulated nodes: key number n is SHA-256 of a fixed phrase and n, so a fleet has the same addresses at every start
/// and on every machine. Everybody knows these keys: never fund them.
/// </summary>
internal sealed record NodeIdentity(LocalSigner Signer) : IDisposable
{
    public OrchestratorId Id => Signer.Address.ToOrchestratorId();

    /// <summary>The identity of a node: of its own key if it has one, else of its place in the fleet.</summary>
    public static NodeIdentity Of(NodeOptions node, int index) => node.PrivateKey is { } key ? OfKey(key.AsSpan()) : Number(index);

    /// <summary>The identity of the node with that number, counted from 0.</summary>
    public static NodeIdentity Number(int index)
    {
        var phrase = string.Create(CultureInfo.InvariantCulture, $"simulated orchestrator, never fund, {index}");
        return OfKey(SHA256.HashData(Encoding.ASCII.GetBytes(phrase)));
    }

    /// <summary>The identity of a private key of 32 bytes.</summary>
    public static NodeIdentity OfKey(ReadOnlySpan<byte> privateKey) => new(LocalSigner.FromPrivateKey(privateKey));

    public void Dispose() => Signer.Dispose();
}
