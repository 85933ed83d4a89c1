using System.Globalization;
using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Simulator;
using Monitoring.Standalone.Commands;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Wallet;
using Monitoring.Testing;
using Monitoring.Testing.Anvil;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>A local chain with the protocol's contracts, a key with some ether, and, where asked for, a fleet in the chain's pool.</summary>
internal sealed class PaidNetwork : IAsyncDisposable
{
    public const long ChainId = 31337;
    private const string Key = "0x00000000000000000000000000000000000000000000000000000000000a11ce";
    public static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    private PaidNetwork(LocalProtocol local, EthereumChain chain, Scratch scratch) => (Local, Chain, Scratch) = (local, chain, scratch);

    public LocalProtocol Local { get; }

    public EthereumChain Chain { get; }

    public Scratch Scratch { get; }

    public SimulatedFleet? Fleet { get; private set; }

    public Address Payer { get; } = AddressOfKey();

    /// <summary>The options of the command line that name the chain.</summary>
    public string[] OnChain =>
    [
        "--rpc", Local.Node.Uri.AbsoluteUri, "--set", $"Chain:Controller={Local.Controller.Address}",
        "--set", string.Create(CultureInfo.InvariantCulture, $"Chain:Id={ChainId}"),
    ];

    /// <summary>The options of the command line that name the chain and the data.</summary>
    public string[] Settings => [.. OnChain, "--data", Scratch.At("data")];

    /// <summary>The environment's variable with the key.</summary>
    public (string Name, string Value) KeyVariable { get; } = ("MONITOR_Wallet__Key", Key);

    /// <summary>Starts it; skips the test, and says why, where npm cannot bring a chain.</summary>
    public static async Task<PaidNetwork> StartAsync(ImmutableArray<NodeOptions> nodes = default)
    {
        var tools = await ContractTools.GetAsync();
        Assert.SkipWhen(tools.Missing is not null, tools.Missing ?? "");
        var local = await LocalProtocol.StartAsync(tools, ChainId);
        var chain = await ChainAccess.ConnectAsync(
            new ChainSettings([local.Node.Uri], Address.Parse(local.Controller.Address), ChainId), TimeProvider.System, TestContext.Current.CancellationToken);
        var network = new PaidNetwork(local, chain, new Scratch());
        await local.Node.SetBalanceAsync(network.Payer.ToString(), 10 * Ether);
        if (!nodes.IsDefaultOrEmpty) await network.StartFleetAsync(nodes);
        return network;
    }

    /// <summary>Runs the command line with chain and key configured.</summary>
    public async Task<(int Code, string Output, string Error)> MonitorAsync(string? typed, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var around = new Surroundings(output, error, [new(KeyVariable.Name, KeyVariable.Value)], Scratch.Path, TimeProvider.System)
        {
            Terminal = typed is null ? null : new StringReader(typed),
        };
        var code = await CommandLine.RunAsync([.. arguments, .. Settings], around);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>What a node of the fleet keeps of our money.</summary>
    public SenderAccount AccountAt(SimulatedNode node) => node.Counters.Senders.GetValueOrDefault(Payer) ?? new SenderAccount();

    /// <summary>Redeems every winning ticket, by anybody's transaction: the deposit pays exactly the face values.</summary>
    /// <returns>How many won.</returns>
    public async Task<int> RedeemAllAsync()
    {
        var broker = Chain.Contracts.TicketBroker.ToString();
        var anybody = await Local.Node.AccountAsync(5);
        var before = await Chain.GetSenderInfoAsync(Payer, TestContext.Current.CancellationToken);
        var winners = Fleet!.Nodes.SelectMany(n => n.Counters.WinningTickets).ToList();
        Assert.NotEmpty(winners);
        foreach (var winner in winners)
        {
            var ticket = new ContractTicket
            {
                Recipient = winner.Ticket.Recipient, Sender = winner.Ticket.Sender, FaceValue = winner.Ticket.FaceValue, WinProb = winner.Ticket.WinProb,
                SenderNonce = winner.Ticket.SenderNonce, RecipientRandHash = winner.Ticket.RecipientRandHash, AuxData = winner.Ticket.AuxData.ToArray(),
            };
            var data = TicketBrokerCalls.RedeemWinningTicket(ticket, winner.Signature, winner.RecipientRand);
            await Local.Node.SendAsync(anybody, broker, "0x" + Convert.ToHexStringLower(data));
            Assert.True(await Chain.IsTicketUsedAsync(winner.Ticket.Hash(), TestContext.Current.CancellationToken));
        }

        var after = await Chain.GetSenderInfoAsync(Payer, TestContext.Current.CancellationToken);
        Assert.Equal(before with { Deposit = before.Deposit - winners.Aggregate(BigInteger.Zero, (sum, w) => sum + w.Ticket.FaceValue) }, after);
        return winners.Count;
    }

    public async ValueTask DisposeAsync()
    {
        if (Fleet is not null) await Fleet.DisposeAsync();
        Chain.Dispose();
        await Local.DisposeAsync();
        Scratch.Dispose();
    }

    public static Task<LoadedKey> KeyAsync() => WalletKey.LoadAsync(new WalletOptions(new Secret(Key), null, null, null), TestContext.Current.CancellationToken);

    private static Address AddressOfKey()
    {
        using var signer = LocalSigner.FromPrivateKey(Convert.FromHexString(Key[2..]));
        return signer.Address;
    }

    // Tickets of these nodes win every other time, so that there is much to redeem.
    private async Task StartFleetAsync(ImmutableArray<NodeOptions> nodes)
    {
        var money = new OnChainOptions { Chain = new FollowedChain(Chain), TicketEv = 8_000_000_000, MaxFaceValue = 16_000_000_000, RedeemGas = 0 };
        Fleet = await SimulatedFleet.StartAsync(new FleetOptions { Nodes = nodes, OnChain = money }, TestContext.Current.CancellationToken);
        foreach (var (node, index) in Fleet.Nodes.Select((node, index) => (node, index)))
            await Local.AddOrchestratorAsync(node.Signer.Address.ToString(), node.Uri.AbsoluteUri, 1000 - index);
    }
}
