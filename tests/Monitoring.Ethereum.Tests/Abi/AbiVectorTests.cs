using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Monitoring.Ethereum.Tests.Abi;

public sealed class AbiVectorTests
{
    [Fact]
    public void Every_selector_topic_and_id_of_the_vector_follows_from_its_signature()
    {
        var vector = Fixtures.Vector("abi");
        foreach (var selector in vector.GetProperty("selectors").EnumerateObject())
            Assert.Equal(Fixtures.Hex(selector.Value), new AbiFunction(selector.Name).Selector.ToArray());
        foreach (var topic in vector.GetProperty("event_topics").EnumerateObject())
            Assert.Equal(topic.Value.GetString(), AbiFunction.Topic(topic.Name).ToString());
        foreach (var id in vector.GetProperty("controller_ids").EnumerateObject())
            Assert.Equal(id.Value.GetString(), ProtocolAbi.ContractId(id.Name).ToString());
    }

    [Fact]
    public void Every_function_that_is_called_is_in_the_vector()
    {
        var known = Fixtures.Vector("abi").GetProperty("selectors").EnumerateObject().Select(s => s.Name).ToHashSet();
        Assert.All(ProtocolAbi.All, f => Assert.Contains(f.Signature, known));
        Assert.Equal(ProtocolAbi.All.Count, ProtocolAbi.All.Distinct().Count());
    }

    [Fact]
    public void The_calls_of_the_controller_are_the_recorded_ones()
    {
        foreach (var call in Fixtures.Vector("controller-calldata").GetProperty("expect").EnumerateObject())
            Assert.Equal(Fixtures.Hex(call.Value), ProtocolAbi.GetContract.Call(new AbiWriter().Bytes32(ProtocolAbi.ContractId(call.Name))));
    }

    [Fact]
    public void The_call_that_funds_is_the_recorded_one()
    {
        var vector = Fixtures.Vector("calldata-fund");
        var amounts = vector.GetProperty("input").GetProperty("args").EnumerateArray().Select(Number).ToArray();
        Assert.Equal(Fixtures.Hex(vector.GetProperty("expect").GetProperty("calldata")), TicketBrokerCalls.FundDepositAndReserve(amounts[0], amounts[1]));
    }

    [Fact]
    public void The_call_that_redeems_is_the_recorded_one()
    {
        var vector = Fixtures.Vector("calldata-redeem");
        var input = vector.GetProperty("input");
        Assert.True(Signature.TryParse(Fixtures.Hex(input.GetProperty("sig")), out var signature, out _));
        Assert.Equal(
            Fixtures.Hex(vector.GetProperty("expect").GetProperty("calldata")),
            TicketBrokerCalls.RedeemWinningTicket(Ticket(input.GetProperty("ticket")), signature, Number(input.GetProperty("recipientRand"))));
    }

    [Fact]
    public void The_event_of_a_new_round_reads_as_recorded()
    {
        var vector = Fixtures.Vector("event-newround");
        var expect = vector.GetProperty("expect");
        var topics = expect.GetProperty("topics").EnumerateArray().ToArray();
        Assert.Equal(topics[0].GetString(), AbiFunction.Topic(vector.GetProperty("input").GetProperty("signature").GetString()!).ToString());
        Assert.Equal(vector.GetProperty("input").GetProperty("round").GetInt64(), new AbiReader(Fixtures.Hex(topics[1]), 1).Uint(long.MaxValue, "round"));
        Assert.Equal(vector.GetProperty("input").GetProperty("blockHash").GetString(), new AbiReader(Fixtures.Hex(expect.GetProperty("data")), 1).Bytes32().ToString());
    }

    [Fact]
    public void The_event_of_an_unbonding_reads_as_recorded()
    {
        var vector = Fixtures.Vector("event-unbond");
        var (input, expect) = (vector.GetProperty("input"), vector.GetProperty("expect"));
        Assert.Equal(expect.GetProperty("topic0").GetString(), AbiFunction.Topic(input.GetProperty("signature").GetString()!).ToString());
        var reader = new AbiReader(Fixtures.Hex(expect.GetProperty("data")), 3);
        Assert.Equal(input.GetProperty("unbondingLockId").GetInt64(), reader.Uint(long.MaxValue, "lock"));
        Assert.Equal(Number(input.GetProperty("amount")), reader.Uint256());
        Assert.Equal(input.GetProperty("withdrawRound").GetInt64(), reader.Uint(long.MaxValue, "round"));
    }

    [Fact]
    public void The_addresses_on_Arbitrum_One_are_those_of_the_deployment()
    {
        var addresses = Fixtures.Vector("arbitrum-one-addresses").GetProperty("addresses");
        var table = ProtocolContracts.ArbitrumOne;
        foreach (var (name, address) in new[]
        {
            ("Controller", table.Controller), ("BondingManager", table.BondingManager), ("RoundsManager", table.RoundsManager),
            ("ServiceRegistry", table.ServiceRegistry), ("TicketBroker", table.TicketBroker),
        })
        {
            Assert.Equal(addresses.GetProperty(name).GetString(), address.ToChecksumString());
        }

        Assert.Equal(ProtocolContracts.ArbitrumOneChainId, Fixtures.Vector("arbitrum-one-addresses").GetProperty("chainId").GetInt64());
    }

    internal static ContractTicket Ticket(JsonElement ticket) => new()
    {
        Recipient = Address.Parse(ticket.GetProperty("recipient").GetString()!),
        Sender = Address.Parse(ticket.GetProperty("sender").GetString()!),
        FaceValue = Number(ticket.GetProperty("faceValue")),
        WinProb = Number(ticket.GetProperty("winProb")),
        SenderNonce = ticket.GetProperty("senderNonce").GetInt64(),
        RecipientRandHash = Hash32.FromBytes(Fixtures.Hex(ticket.GetProperty("recipientRandHash"))),
        AuxData = (byte[])[.. new AbiWriter().Uint256(ticket.GetProperty("creationRound").GetInt64()).ToArray(), .. Fixtures.Hex(ticket.GetProperty("creationRoundBlockHash"))],
    };

    private static BigInteger Number(JsonElement text) => BigInteger.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
