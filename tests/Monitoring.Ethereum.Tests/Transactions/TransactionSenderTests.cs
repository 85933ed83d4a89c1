using System.Numerics;
using System.Text.Json.Nodes;
using Monitoring.Ethereum.Tests.Chain;
using Monitoring.Ethereum.Tests.Rpc;

namespace Monitoring.Ethereum.Tests.Transactions;

public sealed class TransactionSenderTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly FakeProtocol _protocol = new();
    private readonly LocalSigner _signer = LocalSigner.FromPrivateKey(Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));

    public void Dispose() => _signer.Dispose();

    [Fact]
    public async Task A_transaction_is_prepared_signed_sent_and_waited_for()
    {
        byte[] sent = [];
        var looks = 0;
        await using var server = await ServeAsync((method, parameters) => method switch
        {
            "eth_getTransactionCount" => "0x7",
            "eth_estimateGas" => "0x186a0",
            "eth_maxPriorityFeePerGas" => "0x64",
            "eth_sendRawTransaction" => Hash(sent = Convert.FromHexString(parameters[0]!.GetValue<string>()[2..])),
            "eth_getTransactionReceipt" => looks++ < 2 ? null : new JsonObject
            {
                ["transactionHash"] = parameters[0]!.DeepClone(), ["blockNumber"] = "0x17d78401", ["status"] = "0x1", ["gasUsed"] = "0xc350", ["effectiveGasPrice"] = "0x989680",
            },
            _ => throw new InvalidOperationException(method),
        });
        using var chain = await ConnectAsync(server);
        var sender = new TransactionSender(chain, TimeProvider.System) { Pause = TimeSpan.FromMilliseconds(1) };
        var data = TicketBrokerCalls.FundDepositAndReserve(3, 4);
        var transaction = await sender.PrepareAsync(_signer.Address, chain.Contracts.TicketBroker, 7, data, Cancel);
        Assert.Equal(
            (42161L, 7L, (BigInteger)100, (BigInteger)20_000_100, 125_000L, chain.Contracts.TicketBroker, (BigInteger)7),
            (transaction.ChainId, transaction.Nonce, transaction.MaxPriorityFeePerGas, transaction.MaxFeePerGas, transaction.GasLimit, transaction.To, transaction.Value));
        var estimated = server.Calls.Single(c => c.Method == "eth_estimateGas").Parameters[0]!;
        Assert.Equal((_signer.Address.ToString(), "0x7", RpcHex.Write(data)), (estimated["from"]!.GetValue<string>(), estimated["value"]!.GetValue<string>(), estimated["data"]!.GetValue<string>()));

        var hash = await sender.SendAsync(transaction, _signer, Cancel);
        Assert.Equal(Keccak256.Hash(sent), hash.ToByteArray());
        Assert.Equal(2, sent[0]);
        Assert.Equal(new TransactionReceipt(hash, 400_000_001, true, (BigInteger)50_000 * 10_000_000), await sender.WaitForReceiptAsync(hash, TimeSpan.FromMinutes(10), Cancel));
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task Where_no_tip_is_suggested_none_is_paid()
    {
        await using var server = await ServeAsync((method, _) => method switch
        {
            "eth_getTransactionCount" => "0x0",
            "eth_estimateGas" => "0x5208",
            _ => throw new RpcError(-32601, "the method does not exist"),
        });
        using var chain = await ConnectAsync(server);
        var transaction = await new TransactionSender(chain, TimeProvider.System).PrepareAsync(_signer.Address, _signer.Address, 1, default, Cancel);
        Assert.Equal((BigInteger.Zero, (BigInteger)20_000_000), (transaction.MaxPriorityFeePerGas, transaction.MaxFeePerGas));
    }

    [Fact]
    public async Task What_the_contract_would_refuse_is_said_before_anything_is_signed()
    {
        await using var server = await ServeAsync((method, _) => method == "eth_estimateGas" ? throw new RpcError(3, "execution reverted: system is paused") : "0x0");
        using var chain = await ConnectAsync(server);
        var e = await Assert.ThrowsAsync<ChainException>(() => new TransactionSender(chain, TimeProvider.System).PrepareAsync(_signer.Address, _signer.Address, 1, default, Cancel));
        Assert.Equal(ChainFault.Reverted, e.Fault);
        Assert.Contains("system is paused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_knows_it_already_is_content()
    {
        await using var server = await ServeAsync((_, _) => throw new RpcError(-32000, "already known"));
        using var chain = await ConnectAsync(server);
        Assert.False((await new TransactionSender(chain, TimeProvider.System).SendAsync(Any(), _signer, Cancel)).IsZero);
    }

    [Theory]
    [InlineData("nonce too low")]
    [InlineData("insufficient funds for gas * price + value")]
    public async Task A_refusal_to_send_names_the_transaction(string reason)
    {
        await using var server = await ServeAsync((_, _) => throw new RpcError(-32000, reason));
        using var chain = await ConnectAsync(server);
        var e = await Assert.ThrowsAsync<ChainException>(() => new TransactionSender(chain, TimeProvider.System).SendAsync(Any(), _signer, Cancel));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Matches("The transaction is 0x[0-9a-f]{64}", e.Message);
        Assert.Single(server.Calls, c => c.Method == "eth_sendRawTransaction");
    }

    [Fact]
    public async Task An_endpoint_that_names_another_transaction_is_not_believed()
    {
        await using var server = await ServeAsync((_, _) => "0x" + new string('1', 64));
        using var chain = await ConnectAsync(server);
        Assert.Equal(ChainFault.Malformed, (await Assert.ThrowsAsync<ChainException>(() => new TransactionSender(chain, TimeProvider.System).SendAsync(Any(), _signer, Cancel))).Fault);
    }

    [Fact]
    public async Task Waiting_ends_and_says_that_it_may_still_come()
    {
        await using var server = await ServeAsync((_, _) => null);
        using var chain = await ConnectAsync(server);
        var e = await Assert.ThrowsAsync<ChainException>(() => new TransactionSender(chain, TimeProvider.System).WaitForReceiptAsync(default, TimeSpan.Zero, Cancel));
        Assert.Equal(ChainFault.TimedOut, e.Fault);
        Assert.Contains("may still come", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_transaction_is_reported_as_failed_and_a_receipt_of_another_refused()
    {
        var hash = Hash32.FromBytes(Keccak256.Hash("a"u8));
        var named = hash;
        await using var server = await ServeAsync((_, _) => new JsonObject
        {
            ["transactionHash"] = named.ToString(), ["blockNumber"] = "0x1", ["status"] = "0x0", ["gasUsed"] = "0x1", ["effectiveGasPrice"] = "0x1",
        });
        using var chain = await ConnectAsync(server);
        var sender = new TransactionSender(chain, TimeProvider.System);
        Assert.False((await sender.WaitForReceiptAsync(hash, TimeSpan.FromMinutes(1), Cancel)).Succeeded);
        named = default;
        Assert.Equal(ChainFault.Malformed, (await Assert.ThrowsAsync<ChainException>(() => sender.WaitForReceiptAsync(hash, TimeSpan.FromMinutes(1), Cancel))).Fault);
    }

    private static Eip1559Transaction Any() => new()
    {
        ChainId = 42161, Nonce = 0, MaxPriorityFeePerGas = 0, MaxFeePerGas = 1, GasLimit = 21_000, To = ProtocolContracts.ArbitrumOne.TicketBroker, Value = 1, Data = Array.Empty<byte>(),
    };

    private static string Hash(byte[] raw) => RpcHex.Write(Keccak256.Hash(raw));

    private static Task<EthereumChain> ConnectAsync(ScriptedRpc server) => EthereumChain.ConnectAsync(
        new ChainOptions { Endpoints = [server.Address], Retries = 0, RequestTimeout = TimeSpan.FromSeconds(60) }, TimeProvider.System, Cancel);

    private async Task<ScriptedRpc> ServeAsync(Func<string, JsonArray, JsonNode?> answer)
    {
        var server = await ScriptedRpc.StartAsync();
        server.Answer = (method, parameters) => method is "eth_chainId" or "eth_call" or "eth_getBlockByNumber" ? _protocol.Answer(method, parameters) : answer(method, parameters);
        return server;
    }
}
