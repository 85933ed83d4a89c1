using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Ethereum.Tests.Anvil;
using Monitoring.Simulator;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Anvil;
using Monitoring.Testing.Processes;
using Npgsql;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>
/// A chain, nodes that ask for tickets, a hub that reads the chain through Nethereum, and two regions with wallets of their own: one signs and asks by
/// our own adapters, the other by Nethereum and Grpc.Net.
/// </summary>
[Collection(WholeProcesses.Name)]
public sealed class Regions_pay_through_either_client
{
    private const long ChainId = 31337;
    private static readonly string[] Regions = ["FRA", "MDW"];
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task And_the_nodes_take_both_and_the_hub_counts_both()
    {
        await using var local = await LocalChain.StartAsync(ChainId);
        using var chain = await EthereumChain.ConnectAsync(
            new ChainOptions { Endpoints = [local.Node.Uri], Controller = Address.Parse(local.Controller.Address), ChainId = ChainId }, TimeProvider.System, Cancel);
        var payers = new Dictionary<string, Payer> { ["FRA"] = await Payer.FundAsync(local, chain, 1), ["MDW"] = await Payer.FundAsync(local, chain, 2) };
        await using var cluster = await ClusterProcesses.CreateAsync(
            new FleetOptions
            {
                Nodes = [.. Enumerable.Range(0, 2).Select(i => new NodeOptions { Name = $"node-{i}", Behaviour = Behaviour.Fast, Price = 300 })],
                OnChain = new OnChainOptions { Chain = new FollowedChain(chain), TicketEv = 8_000_000_000, MaxFaceValue = 16_000_000_000, RedeemGas = 0 },
            },
            Regions, Cancel);
        foreach (var (node, index) in cluster.Fleet.Nodes.Select((node, index) => (node, index)))
            await local.AddOrchestratorAsync(node.Signer.Address.ToString(), node.Uri.AbsoluteUri, 1000 - index);
        string[] onChain =
        [
            $"Chain:RpcUrls={local.Node.Uri.AbsoluteUri}", $"Chain:Controller={local.Controller.Address}", string.Create(CultureInfo.InvariantCulture, $"Chain:Id={ChainId}"),
        ];

        var hub = cluster.Hub(["Source:Kind=chain", "Source:Orchestrators=", "Chain:Client=nethereum", .. onChain]);
        using var board = await ClusterProcesses.UntilReadyAsync(hub, Cancel);
        Assert.Contains($"chain        {ChainId} (client: Nethereum)", hub.Said, StringComparison.Ordinal);
        cluster.Settings["MONITOR_Wallet__Key"] = payers["FRA"].Key;
        var own = cluster.Region("FRA", onChain);
        cluster.Settings["MONITOR_Wallet__Key"] = payers["MDW"].Key;
        var others = cluster.Region("MDW", ["Chain:Client=Nethereum", "Tests:Discovery=GrpcNet", .. onChain]);
        using var first = await ClusterProcesses.UntilReadyAsync(own, Cancel);
        using var second = await ClusterProcesses.UntilReadyAsync(others, Cancel);
        Assert.Contains($"wallet       {payers["FRA"].Address}, chain {ChainId} (client: Own)", own.Said, StringComparison.Ordinal);
        Assert.Contains($"wallet       {payers["MDW"].Address}, chain {ChainId} (client: Nethereum)", others.Said, StringComparison.Ordinal);
        Assert.Contains("discovery    GrpcNet", others.Said, StringComparison.Ordinal);

        var wanted = cluster.Fleet.Nodes.SelectMany(n => Regions.Select(r => (n.Id.Text, r))).ToHashSet();
        while (!wanted.IsSubsetOf(await ClusterProcesses.CellsAsync(board, Cancel))) await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        foreach (var process in new[] { own, others })
        {
            process.Signal(15);
            Assert.True(await process.ExitAsync(Cancel) == 0, process.Said);
        }

        foreach (var (region, payer) in payers)
        {
            var taken = cluster.Fleet.Nodes.Select(node => node.Counters.Senders.GetValueOrDefault(payer.Address)).ToList();
            Assert.All(taken, account => Assert.True(account is { TicketsReceived: > 0, TicketsRepeated: 0 }, $"a node took nothing of {region}"));
            var rate = await RateAsync(board, cluster, region);
            Assert.True(rate > 0.9, $"{region} saw a success rate of {rate}");
        }

        var reserved = await ReservedAsync(cluster.Database);
        Assert.Equal(Regions, reserved.Where(r => r is { Settled: true, Wei.IsZero: false }).Select(r => r.Region).Distinct().Order(StringComparer.Ordinal));
    }

    // The least over the nodes, as the board shows it.
    private static async Task<double> RateAsync(HttpClient hub, ClusterProcesses cluster, string region)
    {
        using var board = JsonDocument.Parse(await hub.GetStringAsync("/api/aggregated_stats", Cancel));
        return cluster.Fleet.Nodes.Min(n => board.RootElement.GetProperty(n.Id.Text).GetProperty(region).GetProperty("success_rate").GetDouble());
    }

    private static async Task<List<(string Region, BigInteger Wei, bool Settled)>> ReservedAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(PostgresUrl.Parse(database).ForPool(1));
        await using var command = source.CreateCommand("SELECT region, wei::text, settled FROM spend_reservation");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var reserved = new List<(string, BigInteger, bool)>();
        while (await reader.ReadAsync(Cancel)) reserved.Add((reader.GetString(0), BigInteger.Parse(reader.GetString(1), CultureInfo.InvariantCulture), reader.GetBoolean(2)));
        return reserved;
    }

    /// <summary>A key with a deposit and a reserve.</summary>
    private sealed record Payer(string Key, Address Address)
    {
        public static async Task<Payer> FundAsync(LocalProtocol local, EthereumChain chain, int number)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{number:x64}")[..^5] + string.Create(CultureInfo.InvariantCulture, $"a11c{number}");
            using var signer = LocalSigner.FromPrivateKey(Convert.FromHexString(key));
            await local.Node.SetBalanceAsync(signer.Address.ToString(), 10 * Ether);
            var sender = new TransactionSender(chain, TimeProvider.System);
            var transaction = await sender.PrepareAsync(signer.Address, chain.Contracts.TicketBroker, 6 * Ether, TicketBrokerCalls.FundDepositAndReserve(Ether, 5 * Ether), Cancel);
            var receipt = await sender.WaitForReceiptAsync(await sender.SendAsync(transaction, signer, Cancel), TimeSpan.FromMinutes(1), Cancel);
            Assert.True(receipt.Succeeded);
            return new Payer(key, signer.Address);
        }
    }
}
