using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>
/// What the product reads from the chain. Each answer is of one block. Every method throws <see cref="ChainException"/> when no endpoint
/// gives a usable answer: that is our trouble and never counts against an orchestrator.
/// </summary>
public interface IChain
{
    /// <summary>The newest block.</summary>
    Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken);

    /// <summary>What a sender of tickets has in the ticket broker (<c>getSenderInfo</c>).</summary>
    Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken);

    /// <summary>The protocol's round.</summary>
    Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken);

    /// <summary>The whole pool of orchestrators, its records and service URIs, all at one block.</summary>
    Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken);

    /// <summary>The price of a unit of gas, in wei.</summary>
    Task<BigInteger> GetGasPriceAsync(CancellationToken cancellationToken);
}
