using Monitoring.Testing.Anvil;

namespace Monitoring.Ethereum.Tests.Anvil;

/// <summary>A chain for one test; the test is skipped, and says why, where npm cannot bring one.</summary>
internal static class LocalChain
{
    public const long ArbitrumOne = 42161;

    public static async Task<LocalProtocol> StartAsync(long chainId = ArbitrumOne)
    {
        var tools = await ContractTools.GetAsync();
        Assert.SkipWhen(tools.Missing is not null, tools.Missing ?? "");
        return await LocalProtocol.StartAsync(tools, chainId);
    }
}
