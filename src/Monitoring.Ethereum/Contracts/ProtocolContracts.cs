namespace Monitoring.Ethereum;

/// <summary>Where the protocol's contracts are on a chain. Proxies stay; what is behind them may be upgraded.</summary>
/// <param name="Controller">Knows all others by name.</param>
/// <param name="BondingManager">The pool of orchestrators.</param>
/// <param name="RoundsManager">The protocol's rounds.</param>
/// <param name="ServiceRegistry">Service URIs.</param>
/// <param name="TicketBroker">Deposits, reserves and winning tickets.</param>
public sealed record ProtocolContracts(Address Controller, Address BondingManager, Address RoundsManager, Address ServiceRegistry, Address TicketBroker)
{
    /// <summary>The chain id of Arbitrum One.</summary>
    public const long ArbitrumOneChainId = 42161;

    /// <summary>The contracts on Arbitrum One (livepeer-protocol, section 4.1).</summary>
    public static ProtocolContracts ArbitrumOne { get; } = new(
        Address.Parse("0xD8E8328501E9645d16Cf49539efC04f734606ee4"),
        Address.Parse("0x35Bcf3c30594191d53231E4FF333E8A770453e40"),
        Address.Parse("0xdd6f56DcC28D3F5f27084381fE8Df634985cc39f"),
        Address.Parse("0xC92d3A360b8f9e083bA64DE15d95Cf8180897431"),
        Address.Parse("0xa8bB618B1520E284046F3dFc448851A1Ff26e41B"));

    /// <summary>The differences from what was expected, as text; empty when there are none.</summary>
    internal string DifferencesFrom(ProtocolContracts expected)
    {
        (string Name, Address Found, Address Expected)[] pairs =
        [
            (nameof(BondingManager), BondingManager, expected.BondingManager),
            (nameof(RoundsManager), RoundsManager, expected.RoundsManager),
            (nameof(ServiceRegistry), ServiceRegistry, expected.ServiceRegistry),
            (nameof(TicketBroker), TicketBroker, expected.TicketBroker),
        ];
        return string.Join("; ", pairs.Where(p => p.Found != p.Expected).Select(p => $"{p.Name} is {p.Found}, expected {p.Expected}"));
    }
}
