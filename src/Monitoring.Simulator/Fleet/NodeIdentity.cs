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
internal sealed record NodeIdentity(OrchestratorId Id, ImmutableArray<byte> PrivateKey)
{
    private static readonly ECCurve Secp256k1 = ECCurve.CreateFromValue("1.3.132.0.10");

    /// <summary>The identity of the node with that number, counted from 0.</summary>
    public static NodeIdentity Number(int index) => OfKey(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"simulated orchestrator, never fund, {index}"))));

    /// <summary>The address of a private key: the last 20 bytes of keccak-256 of its public point.</summary>
    public static NodeIdentity OfKey(byte[] privateKey)
    {
        using var pair = ECDsa.Create(new ECParameters { Curve = Secp256k1, D = privateKey });
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        var hash = Keccak256.Hash([.. point.X!, .. point.Y!]);
        return new NodeIdentity(OrchestratorId.FromBytes(hash.AsSpan(12)), [.. privateKey]);
    }
}
