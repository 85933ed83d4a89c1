using Monitoring.Cluster.Signing;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Cluster.Chain;

/// <summary>
/// Which adapters read the chain and sign: the setting <c>Chain:Client</c>. Our own is the default, so that both hosts read and sign alike and a
/// key stays with the platform's cryptography; Nethereum is for whoever trusts that library more, or wants a second opinion.
/// </summary>
public enum ChainClient
{
    /// <summary>Our own thin client (<see cref="EthereumChain"/>, <see cref="LocalSigner"/>).</summary>
    Own,

    /// <summary>Nethereum (<see cref="NethereumChain"/>, <see cref="NethereumSigner"/>).</summary>
    Nethereum,
}

/// <summary>The adapters of a choice.</summary>
public static class ChainClients
{
    /// <summary>Reads <c>Chain:Client</c>.</summary>
    public static ChainClient Read(ISettings keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Choice("Chain:Client", ChainClient.Own, [.. Enum.GetValues<ChainClient>().Select(c => (c.ToString(), c))]);
    }

    /// <summary>Connects to the chain.</summary>
    /// <returns>It holds connections: whoever connects disposes of it.</returns>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    /// <exception cref="ChainException">An endpoint serves another chain, the contracts are not the expected ones, or no endpoint answers.</exception>
    public static async Task<IChain> ConnectAsync(this ChainClient client, ChainOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        client == ChainClient.Nethereum
            ? await NethereumChain.ConnectAsync(options, time, cancellationToken)
            : await EthereumChain.ConnectAsync(options, time, cancellationToken);

    /// <summary>What makes a signer of a key (<see cref="KeySource"/>).</summary>
    public static SignerFactory SignerFactory(this ChainClient client) =>
        client == ChainClient.Nethereum ? secret => NethereumSigner.FromPrivateKey(secret) : secret => LocalSigner.FromPrivateKey(secret);
}
