using System.Numerics;
using System.Text.Json;
using Monitoring.Testing.Anvil;
using Monitoring.Testing.Processes;

namespace Monitoring.Ethereum.Tests.Anvil;

/// <summary>That the contracts of tests/contracts behave as the protocol's do, as far as section 4 tells. The product has no part in it.</summary>
public sealed class ContractsTests
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    [LimitedFact]
    public async Task Every_selector_is_that_of_the_protocol()
    {
        var tools = await ContractTools.GetAsync();
        Assert.SkipWhen(tools.Missing is not null, tools.Missing ?? "");
        var ours = new Dictionary<string, string>();
        foreach (var name in new[] { "Controller", "BondingManager", "RoundsManager", "ServiceRegistry", "TicketBroker" })
        {
            using var artifact = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(tools.Artifacts, name + ".json"), TestContext.Current.CancellationToken));
            foreach (var selector in artifact.RootElement.GetProperty("selectors").EnumerateObject()) ours[selector.Name] = "0x" + selector.Value.GetString();
        }

        // Functions that neither the product nor the tests have a use for.
        string[] absent =
        [
            "getTotalBonded()", "getDelegator(address)", "pendingStake(address,uint256)",
            "batchRedeemWinningTickets((address,address,uint256,uint256,uint256,bytes32,bytes)[],bytes[],uint256[])",
        ];
        var expected = Fixtures.Vector("abi").GetProperty("selectors").EnumerateObject().Where(s => !absent.Contains(s.Name)).ToArray();
        Assert.True(expected.Length > 30);
        Assert.All(expected, selector => Assert.Equal(selector.Value.GetString(), ours[selector.Name]));
    }

    [LimitedFact]
    public async Task The_pool_is_in_descending_order_of_stake_wherever_a_member_is_put()
    {
        await using var chain = await LocalChain.StartAsync();
        foreach (var stake in new[] { 30, 10, 50, 20, 40 }) await chain.AddOrchestratorAsync(Someone(stake), "", stake);
        Assert.Equal([50, 40, 30, 20, 10], await PoolAsync(chain));

        await chain.BondingManager.SendAsync("removeMember(address,uint256)", Someone(50), LocalProtocol.FirstRound + 1);
        await chain.AddOrchestratorAsync(Someone(20), "", 45);
        Assert.Equal([20, 40, 30, 10], await PoolAsync(chain));
        Assert.Equal(4, (await chain.BondingManager.CallAsync("getTranscoderPoolSize()"))[0]);
    }

    [LimitedFact]
    public async Task A_round_ends_by_blocks_alone_and_begins_anew_only_when_somebody_initializes_it()
    {
        await using var chain = await LocalChain.StartAsync();
        var rounds = chain.RoundsManager;
        Assert.Equal(LocalProtocol.FirstRound, (await rounds.CallAsync("lastInitializedRound()"))[0]);

        await chain.NextRoundAsync(initialize: false);
        Assert.Equal(LocalProtocol.FirstRound + 1, (await rounds.CallAsync("currentRound()"))[0]);
        Assert.Equal(LocalProtocol.FirstRound, (await rounds.CallAsync("lastInitializedRound()"))[0]);
        Assert.Equal(0, (await rounds.CallAsync("currentRoundInitialized()"))[0]);

        var receipt = await rounds.SendAsync("initializeRound()");
        Assert.Equal(1, (await rounds.CallAsync("currentRoundInitialized()"))[0]);
        var parent = (await chain.Node.RpcAsync("eth_getBlockByNumber", (string)receipt["blockNumber"]!, false))!["parentHash"];
        Assert.Equal(AnvilNode.Number((string)parent!), (await rounds.CallAsync("blockHashForRound(uint256)", LocalProtocol.FirstRound + 1))[0]);
        var topics = receipt["logs"]![0]!["topics"]!;
        Assert.Equal(Fixtures.Vector("event-newround").GetProperty("expect").GetProperty("topics")[0].GetString(), (string)topics[0]!);
        Assert.Equal(LocalProtocol.FirstRound + 1, AnvilNode.Number((string)topics[1]!));
    }

    [LimitedFact]
    public async Task Funds_go_in_are_locked_for_two_rounds_and_come_out_whole()
    {
        await using var chain = await LocalChain.StartAsync();
        var broker = chain.TicketBroker;
        var sender = await chain.Node.AccountAsync(1);
        await broker.SendFromAsync(sender, 5 * Ether, "fundDepositAndReserve(uint256,uint256)", 3 * Ether, 2 * Ether);
        Assert.Equal([3 * Ether, 0, 2 * Ether, 0], await broker.CallAsync("getSenderInfo(address)", sender));

        await broker.SendFromAsync(sender, 0, "unlock()");
        Assert.Equal(LocalProtocol.FirstRound + 2, (await broker.CallAsync("getSenderInfo(address)", sender))[1]);
        await chain.NextRoundAsync();
        await RevertsAsync("the funds are locked", () => broker.SendFromAsync(sender, 0, "withdraw()"));
        await chain.NextRoundAsync();

        var before = await chain.Node.BalanceAsync(sender);
        var receipt = await broker.SendFromAsync(sender, 0, "withdraw()");
        var gas = AnvilNode.Number((string)receipt["gasUsed"]!) * AnvilNode.Number((string)receipt["effectiveGasPrice"]!);
        Assert.Equal(before + 5 * Ether - gas, await chain.Node.BalanceAsync(sender));
        Assert.Equal([0, LocalProtocol.FirstRound + 2, 0, 0], await broker.CallAsync("getSenderInfo(address)", sender));
    }

    [LimitedFact]
    public async Task Only_the_owners_own_money_cancels_an_unlock()
    {
        await using var chain = await LocalChain.StartAsync();
        var broker = chain.TicketBroker;
        var (sender, friend) = (await chain.Node.AccountAsync(1), await chain.Node.AccountAsync(2));
        await broker.SendFromAsync(sender, Ether, "fundDeposit()");
        await broker.SendFromAsync(sender, 0, "unlock()");

        await broker.SendFromAsync(friend, 2 * Ether, "fundDepositAndReserveFor(address,uint256,uint256)", sender, Ether, Ether);
        Assert.Equal(1, (await broker.CallAsync("isUnlockInProgress(address)", sender))[0]);
        await broker.SendFromAsync(sender, Ether, "fundReserve()");
        Assert.Equal(0, (await broker.CallAsync("isUnlockInProgress(address)", sender))[0]);
        Assert.Equal([2 * Ether, 0, 2 * Ether, 0], await broker.CallAsync("getSenderInfo(address)", sender));
    }

    [LimitedFact]
    public async Task A_value_that_is_not_the_sum_is_refused_and_so_is_everything_while_the_system_is_paused()
    {
        await using var chain = await LocalChain.StartAsync();
        var broker = chain.TicketBroker;
        var sender = await chain.Node.AccountAsync(1);
        await RevertsAsync("not the sum", () => broker.SendFromAsync(sender, 4 * Ether, "fundDepositAndReserve(uint256,uint256)", 3 * Ether, 2 * Ether));

        await chain.Controller.SendAsync("setPaused(bool)", 1);
        await RevertsAsync("paused", () => broker.SendFromAsync(sender, Ether, "fundDeposit()"));
    }

    [LimitedFact]
    public async Task The_contract_hashes_the_ticket_that_was_really_redeemed_as_the_network_did()
    {
        await using var chain = await LocalChain.StartAsync();
        var vector = Fixtures.Vector("golden-ticket-end-to-end");
        var ticket = vector.GetProperty("input").GetProperty("ticket");
        object[] fields =
        [
            ticket.GetProperty("recipient").GetString()!, ticket.GetProperty("sender").GetString()!,
            BigInteger.Parse(ticket.GetProperty("faceValue").GetString()!, null), BigInteger.Parse(ticket.GetProperty("winProb").GetString()!, null),
            ticket.GetProperty("senderNonce").GetInt32(), ticket.GetProperty("recipientRandHash").GetString()!,
            Fixtures.Hex(vector.GetProperty("expect").GetProperty("auxData")),
        ];
        var hash = await chain.TicketBroker.CallAsync("getTicketHash((address,address,uint256,uint256,uint256,bytes32,bytes))", [fields]);
        Assert.Equal(AnvilNode.Number(vector.GetProperty("expect").GetProperty("ticketHash").GetString()!), hash[0]);
    }

    private static string Someone(int number) => "0x" + number.ToString("x40", null);

    private static async Task<IEnumerable<int>> PoolAsync(LocalProtocol chain)
    {
        var members = new List<int>();
        var who = (await chain.BondingManager.CallAsync("getFirstTranscoderInPool()"))[0];
        while (!who.IsZero)
        {
            members.Add((int)who);
            who = (await chain.BondingManager.CallAsync("getNextTranscoderInPool(address)", Someone((int)who)))[0];
        }

        return members;
    }

    private static async Task RevertsAsync(string reason, Func<Task> action) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<InvalidOperationException>(action)).Message, StringComparison.Ordinal);
}
