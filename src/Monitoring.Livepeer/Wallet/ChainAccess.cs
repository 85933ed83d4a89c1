using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Opens the chain of the configuration.</summary>
public static class ChainAccess
{
    /// <summary>Connects, and refuses endpoints of another chain and contracts that are not the protocol's.</summary>
    /// <exception cref="ChainException">No endpoint answers, or what answers is not what was configured.</exception>
    public static Task<EthereumChain> ConnectAsync(ChainSettings settings, TimeProvider time, CancellationToken cancellationToken) =>
        EthereumChain.ConnectAsync(settings.Options, time, cancellationToken);
}
