using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// What a simulated orchestrator knows of the chain. <see cref="SimulatedChain"/> makes it up; <see cref="FollowedChain"/> reads a real one.
/// Implementations are called by many requests at once, and may throw <see cref="ChainException"/>: the node then answers as an
/// orchestrator does whose own RPC fails.
/// </summary>
public interface ISimulatedChain
{
    /// <summary>Blocks, round and prices as of now.</summary>
    ValueTask<ChainFacts> ReadAsync(CancellationToken cancellation);

    /// <summary>What a sender has deposited, and how much of its reserve a recipient has claimed.</summary>
    ValueTask<SenderFacts> ReadSenderAsync(Address sender, Address recipient, CancellationToken cancellation);

    /// <summary>Whether an orchestrator is registered and active in the last initialized round.</summary>
    ValueTask<bool> IsActiveAsync(Address orchestrator, CancellationToken cancellation);
}
