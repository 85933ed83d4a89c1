using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monitoring.Ethereum;

/// <summary>Prepares, signs and sends transactions, which is rare: only when somebody funds a wallet and confirms it.</summary>
public sealed class TransactionSender(EthereumChain chain, TimeProvider time)
{
    private static readonly string[] KnownAlready = ["already known", "known transaction"];

    /// <summary>Between two looks for a receipt.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A transaction ready to be shown: nonce and fees of now, and the gas that the endpoint estimates plus a quarter. Twice the base fee is
    /// allowed, so that it goes through when the price rises before it is confirmed.
    /// </summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer, or the contract would refuse (<see cref="ChainFault.Reverted"/>).</exception>
    public async Task<Eip1559Transaction> PrepareAsync(Address from, Address to, BigInteger value, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var call = new JsonObject
        {
            ["from"] = from.ToChecksumString(), ["to"] = to.ToChecksumString(), ["value"] = RpcHex.Write(value), ["data"] = RpcHex.Write(data.Span),
        };
        var (nonce, baseFee, gas) = await chain.Rpc.AskAsync(
            [
                RpcCall.Of("eth_getTransactionCount", from.ToChecksumString(), "pending"),
                RpcCall.Of("eth_getBlockByNumber", RpcCall.Latest, false),
                RpcCall.Of("eth_estimateGas", call),
            ],
            r => (RpcHex.Int64(r[0]), RpcHex.Quantity(r[1].GetProperty("baseFeePerGas")), RpcHex.Int64(r[2])),
            cancellationToken).ConfigureAwait(false);
        var tip = await TipAsync(cancellationToken).ConfigureAwait(false);
        return new Eip1559Transaction
        {
            ChainId = chain.ChainId,
            Nonce = nonce,
            MaxPriorityFeePerGas = tip,
            MaxFeePerGas = (2 * baseFee) + tip,
            GasLimit = checked(gas + (gas / 4)),
            To = to,
            Value = value,
            Data = data,
        };
    }

    /// <summary>Signs and sends. Sending the same signed bytes twice does nothing, so an endpoint that knows it already is content.</summary>
    /// <returns>The transaction's hash.</returns>
    /// <exception cref="ChainException">No endpoint took it, or none said so; the message holds the hash, by which to look for it before anything is sent again.</exception>
    public async Task<Hash32> SendAsync(Eip1559Transaction transaction, ISigner signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(signer);
        var raw = transaction.Encode(await signer.SignHashAsync(transaction.SigningHash(), cancellationToken).ConfigureAwait(false));
        var hash = Hash32.FromBytes(Keccak256.Hash(raw));
        try
        {
            var said = await chain.Rpc.AskOnceAsync(
                RpcCall.Of("eth_sendRawTransaction", RpcHex.Write(raw)), RpcHex.Hash, cancellationToken).ConfigureAwait(false);
            return said == hash ? hash : throw new ChainException(ChainFault.Malformed, $"The endpoint took the transaction but names another, {said}.");
        }
        catch (ChainException e) when (KnownAlready.Any(words => e.Message.Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            return hash;
        }
        catch (ChainException e)
        {
            throw new ChainException(e.Fault, $"{e.Message} The transaction is {hash}: look for it before anything is sent again.", e);
        }
    }

    /// <summary>Waits until the transaction is in a block.</summary>
    /// <param name="hash">The transaction.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">It was not within that time (<see cref="ChainFault.TimedOut"/>); it may still come.</exception>
    public async Task<TransactionReceipt> WaitForReceiptAsync(Hash32 hash, TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var receipt = await chain.Rpc.AskAsync(
                RpcCall.Of("eth_getTransactionReceipt", hash.ToString()), r => ReadReceipt(hash, r), cancellationToken).ConfigureAwait(false);
            if (receipt is not null) return receipt;
            if (time.GetElapsedTime(start) >= patience)
            {
                throw new ChainException(
                    ChainFault.TimedOut,
                    $"The transaction {hash} is in no block after {patience.TotalSeconds:0} s. It may still come: look for it before anything is sent again.");
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TransactionReceipt? ReadReceipt(Hash32 hash, JsonElement receipt)
    {
        if (receipt.ValueKind == JsonValueKind.Null) return null;
        if (RpcHex.Hash(receipt.GetProperty("transactionHash")) != hash) throw new FormatException("the receipt is of another transaction");
        return new TransactionReceipt(
            hash, RpcHex.Int64(receipt.GetProperty("blockNumber")), RpcHex.Int64(receipt.GetProperty("status")) == 1,
            RpcHex.Quantity(receipt.GetProperty("gasUsed")) * RpcHex.Quantity(receipt.GetProperty("effectiveGasPrice")));
    }

    // Not every node suggests a tip, and Arbitrum pays none.
    private async Task<BigInteger> TipAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await chain.Rpc.AskOnceAsync(RpcCall.Of("eth_maxPriorityFeePerGas"), RpcHex.Quantity, cancellationToken).ConfigureAwait(false);
        }
        catch (ChainException e) when (e.Fault == ChainFault.Refused)
        {
            return BigInteger.Zero;
        }
    }
}
