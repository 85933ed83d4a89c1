using System.Numerics;

namespace Monitoring.Testing.Anvil;

/// <summary>The protocol's contracts on a chain of one's own, wired through their controller, with the first round initialized.</summary>
public sealed class LocalProtocol : IAsyncDisposable
{
    /// <summary>The round in which it starts.</summary>
    public const long FirstRound = 1000;

    /// <summary>Blocks per round: more than a test makes by its transactions.</summary>
    public const long RoundLength = 2000;

    /// <summary>The deactivation round of a member that is not leaving.</summary>
    public static readonly BigInteger Never = BigInteger.Pow(2, 256) - 1;

    private LocalProtocol(AnvilNode node, Contract controller, Contract bonding, Contract rounds, Contract registry, Contract broker) =>
        (Node, Controller, BondingManager, RoundsManager, ServiceRegistry, TicketBroker) = (node, controller, bonding, rounds, registry, broker);

    /// <summary>The chain.</summary>
    public AnvilNode Node { get; }

    /// <summary>The register of the others.</summary>
    public Contract Controller { get; }

    /// <summary>The pool.</summary>
    public Contract BondingManager { get; }

    /// <summary>The rounds.</summary>
    public Contract RoundsManager { get; }

    /// <summary>The service URIs.</summary>
    public Contract ServiceRegistry { get; }

    /// <summary>Deposits, reserves, tickets.</summary>
    public Contract TicketBroker { get; }

    /// <summary>Starts a chain and deploys the contracts.</summary>
    public static async Task<LocalProtocol> StartAsync(ContractTools tools, long chainId)
    {
        var node = await AnvilNode.StartAsync(tools, chainId);
        try
        {
            var owner = await node.AccountAsync(0);
            var controller = await Contract.DeployAsync(tools, node, owner, "Controller");
            var rounds = await Contract.DeployAsync(tools, node, owner, "RoundsManager", controller.Address, RoundLength, FirstRound);
            var bonding = await Contract.DeployAsync(tools, node, owner, "BondingManager", controller.Address);
            var registry = await Contract.DeployAsync(tools, node, owner, "ServiceRegistry");
            var broker = await Contract.DeployAsync(tools, node, owner, "TicketBroker", controller.Address);

            // The ids are the keccak-256 of the names (protocol section 4.1).
            foreach (var (id, contract) in new[]
            {
                ("0x79c5d2a4a07754f4bacb0ffba18ac516030ee589ebc89db8627680c4d4cdb230", registry),
                ("0x2517d59a36a86548e38734e8ab416f42afff4bca78706a66ad65750dae7f9e37", bonding),
                ("0xe8438ea868df48e3fc21f2f087b993c9b1837dc0f6135064161ce7d7a1701fe8", rounds),
                ("0xbd1aa3e8d2464256d7fd3dcf645c16418d5d8c51d971f1ad7d57e7b1b5eee239", broker),
            })
            {
                await controller.SendAsync("setContractInfo(bytes32,address,bytes20)", id, contract.Address, BigInteger.Zero);
            }

            await rounds.SendAsync("initializeRound()");
            return new LocalProtocol(node, controller, bonding, rounds, registry, broker);
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts an orchestrator into the pool and the registry.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="serviceUri">What the registry says, as it stands.</param>
    /// <param name="stake">Its stake in wei of the token; the pool is in this order, descending.</param>
    /// <param name="activation">The first round in which it is active.</param>
    /// <param name="deactivation">The first round in which it is no longer; null for one that is not leaving.</param>
    public async Task AddOrchestratorAsync(string address, string serviceUri, BigInteger stake, long activation = FirstRound, BigInteger? deactivation = null)
    {
        await BondingManager.SendAsync("setMember(address,uint256,uint256,uint256,uint256,uint256)", address, stake, 250_000, 500_000, activation, deactivation ?? Never);
        await ServiceRegistry.SendAsync("setServiceURIFor(address,string)", address, serviceUri);
    }

    /// <summary>Passes over to the next round.</summary>
    /// <param name="initialize">Whether somebody initializes it, as somebody has to.</param>
    public async Task NextRoundAsync(bool initialize = true)
    {
        await Node.MineAsync(RoundLength);
        if (initialize) await RoundsManager.SendAsync("initializeRound()");
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
