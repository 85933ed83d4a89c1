using Monitoring.Cluster.Chain;
using Monitoring.Ethereum;
using Monitoring.Ethereum.Tests.Chain;

namespace Monitoring.Cluster.Tests.Chain;

public sealed class NethereumChainTests : ChainContract
{
    protected override async Task<IChain> OpenAsync(ChainOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        await NethereumChain.ConnectAsync(options, time, cancellationToken);
}
