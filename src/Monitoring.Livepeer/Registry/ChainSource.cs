using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// The active set of the protocol: members of the pool whose activation and deactivation rounds enclose the last initialized round, each
/// with what it wrote into the service registry.
/// </summary>
/// <param name="chain">The chain.</param>
public sealed class ChainSource(IChain chain) : IOrchestratorSource
{
    private ActiveSet? _latest;
    private StakeBook? _stake;

    /// <inheritdoc />
    public bool IsOwn => false;

    /// <summary>What the last walk found, members of the next round included; null before the first one.</summary>
    public ActiveSet? Latest => Volatile.Read(ref _latest);

    /// <summary>The stake of everybody in the pool by the last walk; null before the first one.</summary>
    public StakeBook? Stake => Volatile.Read(ref _stake);

    /// <inheritdoc />
    public async Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var set = await chain.WalkActiveSetAsync(cancellationToken);
            Volatile.Write(ref _latest, set);
            Volatile.Write(ref _stake, StakeOf(set));
            return [.. set.Members.Where(m => m.IsActiveIn(set.Round)).Select(m => new RegistryEntry(m.Address.ToOrchestratorId(), RegisteredUri.Clean(m.ServiceUri), Verified: true))];
        }
        catch (ChainException e)
        {
            throw new SourceException(e.Message, e);
        }
    }

    private static StakeBook StakeOf(ActiveSet set) =>
        new(set.Round, set.Head.Time, set.Members.ToImmutableDictionary(member => member.Address.ToOrchestratorId(), FactsOf));

    private static StakeFacts FactsOf(PoolMember member) => new()
    {
        Stake = member.Stake,
        RewardCutParts = member.RewardCut,
        FeeShareParts = member.FeeShare,
        ActivationRound = member.ActivationRound,
        DeactivationRound = member.DeactivationRound,
        LastRewardRound = member.LastRewardRound,
        LastFeeRound = member.LastFeeRound,
        Rounds = [.. RoundEarnings.Of(member.Pools).Select(e => new RoundIncome(e.Round, e.RewardCalled, e.FeesPaid, e.Rewards, e.Fees))],
    };
}
