using Monitoring.Ethereum;
using Nethereum.Contracts;
using Nethereum.Hex.HexTypes;
using Nethereum.RPC.Eth.DTOs;
using Newtonsoft.Json.Linq;

namespace Monitoring.Cluster.Chain;

/// <summary>The pool of orchestrators through Nethereum, in as few requests as the batch size allows.</summary>
internal sealed class NethereumPoolReads(NethereumReads chain, ProtocolContracts contracts) : IPoolReads
{
    private readonly string _bonding = contracts.BondingManager.ToChecksumString();
    private readonly string _registry = contracts.ServiceRegistry.ToChecksumString();
    private readonly string _rounds = contracts.RoundsManager.ToChecksumString();

    public Task<PoolStart> ReadStartAsync(long block, ImmutableArray<Address> known, CancellationToken cancellationToken) => chain.CallAsync(
        [
            new GetFirstTranscoderInPool().CreateCallInput(_bonding), new GetTranscoderPoolSize().CreateCallInput(_bonding),
            new GetTranscoderPoolMaxSize().CreateCallInput(_bonding), new LastInitializedRound().CreateCallInput(_rounds), .. known.Select(Next),
        ],
        At(block),
        a => new PoolStart(
            ContractAnswers.Address(a[0]), ContractAnswers.Number(a[1]), ContractAnswers.Number(a[2]), ContractAnswers.Round(a[3], "The last initialized round"),
            [.. a.Skip(4).Select(ContractAnswers.Address)]),
        cancellationToken);

    public Task<Address> ReadNextAsync(long block, Address member, CancellationToken cancellationToken) =>
        chain.CallAsync(Next(member), At(block), ContractAnswers.Address, cancellationToken);

    public Task<ImmutableArray<PoolMember>> ReadMembersAsync(
        long block, ImmutableArray<Address> members, ImmutableArray<long> rounds, CancellationToken cancellationToken)
    {
        var calls = new List<CallInput>();
        foreach (var member in members.Select(m => m.ToChecksumString()))
        {
            calls.Add(new GetTranscoder { Transcoder = member }.CreateCallInput(_bonding));
            calls.Add(new TranscoderTotalStake { Transcoder = member }.CreateCallInput(_bonding));
            calls.Add(new GetServiceUri { Address = member }.CreateCallInput(_registry));
            calls.AddRange(rounds.Select(r => new GetTranscoderEarningsPoolForRound { Transcoder = member, Round = r }.CreateCallInput(_bonding)));
        }

        var each = 3 + rounds.Length;
        return chain.CallAsync(
            calls,
            At(block),
            answers => members.Select((address, i) => ContractAnswers.Transcoder(address, answers[i * each]) with
            {
                Stake = ContractAnswers.Number(answers[(i * each) + 1]),
                ServiceUri = ContractAnswers.ServiceUri(answers[(i * each) + 2]),
                Pools = [.. rounds.Select((r, k) => ContractAnswers.Pool(r, answers[(i * each) + 3 + k]))],
            }).ToImmutableArray(),
            cancellationToken);
    }

    public Task<Hash32> ReadBlockHashAsync(long block, CancellationToken cancellationToken) => chain.AskAsync(
        "eth_getBlockByNumber", b => ContractAnswers.BlockHash((b as JObject)?["hash"]), cancellationToken, new HexBigInteger(block).HexValue, false);

    private static BlockParameter At(long block) => new(new HexBigInteger(block));

    private CallInput Next(Address member) => new GetNextTranscoderInPool { Transcoder = member.ToChecksumString() }.CreateCallInput(_bonding);
}
