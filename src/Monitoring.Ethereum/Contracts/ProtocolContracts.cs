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

    /// <summary>The Controller that a configuration means: on Arbitrum One the known one and no other, elsewhere the one that is configured.</summary>
    /// <exception cref="ArgumentException">None is configured, and the chain is not Arbitrum One.</exception>
    /// <exception cref="ChainException">Another one than the known is configured for Arbitrum One.</exception>
    public static Address ControllerOf(ChainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ChainId != ArbitrumOneChainId)
        {
            return options.Controller ?? throw new ArgumentException(
                $"Chain {options.ChainId} is not Arbitrum One, so the address of the protocol's Controller must be configured.");
        }

        var known = ArbitrumOne.Controller;
        return options.Controller is not { } configured || configured == known
            ? known
            : throw new ChainException(
                ChainFault.WrongContracts,
                $"The Controller on Arbitrum One is {known}, but {configured} is configured. Remove that setting: money sent to a wrong contract is lost.");
    }

    /// <summary>These contracts, as a Controller named them, if they may be used: all are there, and on Arbitrum One they are the known ones.</summary>
    /// <param name="chainId">The chain that they are on.</param>
    /// <exception cref="ChainException">They may not: it is a refusal to start, for money would go to the wrong place.</exception>
    public ProtocolContracts Verified(long chainId)
    {
        if (new[] { BondingManager, RoundsManager, ServiceRegistry, TicketBroker }.Contains(Address.Zero))
        {
            throw new ChainException(
                ChainFault.WrongContracts, $"The Controller {Controller} does not know all of the protocol's contracts: it is another contract, or not set up yet.");
        }

        var differences = chainId == ArbitrumOneChainId ? DifferencesFrom(ArbitrumOne) : "";
        return differences.Length == 0 ? this : throw new ChainException(
            ChainFault.WrongContracts,
            $"The Controller names other contracts than those known on Arbitrum One: {differences}. Either the protocol moved and this program " +
            "needs an update, or the RPC endpoint lies. Nothing is signed or sent.");
    }

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
