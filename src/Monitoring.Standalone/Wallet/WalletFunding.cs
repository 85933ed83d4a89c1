using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Standalone.Commands;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Wallet;

/// <summary>What is to be paid in.</summary>
/// <param name="Deposit">Into the deposit, wei.</param>
/// <param name="Reserve">Into the reserve, wei.</param>
/// <param name="Confirmed">True when nobody is asked.</param>
internal sealed record FundingRequest(BigInteger Deposit, BigInteger Reserve, bool Confirmed);

/// <summary><c>monitor wallet fund</c>: prepares the transaction, shows it, asks, sends it and waits until it is in a block.</summary>
internal static class WalletFunding
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Does it.</summary>
    /// <returns>The exit code; nothing but success has moved money, save a transaction whose hash was printed.</returns>
    /// <exception cref="ChainException">The chain did not do its part; the message tells whether something was sent.</exception>
    public static async Task<int> RunAsync(FundingRequest request, ISigner signer, EthereumChain chain, Surroundings around, CancellationToken cancellationToken)
    {
        var sender = new TransactionSender(chain, around.Time);
        var balance = await chain.GetBalanceAsync(signer.Address, cancellationToken);
        var value = request.Deposit + request.Reserve;
        if (balance <= value)
        {
            await around.Error.WriteLineAsync($"{signer.Address} holds {WeiText.Format(balance)}, which is not enough for {WeiText.Format(value)} and the gas. Send it more ether on chain {chain.ChainId} first.");
            return ExitCode.Failure;
        }

        var transaction = await sender.PrepareAsync(
            signer.Address, chain.Contracts.TicketBroker, value, TicketBrokerCalls.FundDepositAndReserve(request.Deposit, request.Reserve), cancellationToken);
        var gas = transaction.GasLimit * transaction.MaxFeePerGas;
        await around.Error.WriteLineAsync($"chain     {chain.ChainId}");
        await around.Error.WriteLineAsync($"from      {signer.Address}, which holds {WeiText.Format(balance)}");
        await around.Error.WriteLineAsync($"to        {transaction.To} (TicketBroker, named by the Controller {chain.Contracts.Controller})");
        await around.Error.WriteLineAsync($"deposit   {WeiText.Format(request.Deposit)}");
        await around.Error.WriteLineAsync($"reserve   {WeiText.Format(request.Reserve)}");
        await around.Error.WriteLineAsync($"gas       at most {WeiText.Format(gas)}");
        if (balance < value + gas)
        {
            await around.Error.WriteLineAsync("The balance does not cover amount and gas. Nothing was sent.");
            return ExitCode.Failure;
        }

        if (!request.Confirmed && !await IsConfirmedAsync(around, cancellationToken)) return ExitCode.Failure;
        var hash = await sender.SendAsync(transaction, signer, cancellationToken);
        await around.Error.WriteLineAsync($"Sent as {hash}; waiting for a block.");
        var receipt = await sender.WaitForReceiptAsync(hash, Patience, cancellationToken);
        if (!receipt.Succeeded)
        {
            await around.Error.WriteLineAsync($"The contract refused it in block {receipt.BlockNumber}: only gas was paid ({WeiText.Format(receipt.Cost)}).");
            return ExitCode.Failure;
        }

        var funds = await chain.GetSenderInfoAsync(signer.Address, cancellationToken);
        await around.Output.WriteLineAsync($"Done in block {receipt.BlockNumber}, for {WeiText.Format(receipt.Cost)} of gas. Deposit {WeiText.Format(funds.Deposit)}, reserve {WeiText.Format(funds.ReserveFundsRemaining)}.");
        return ExitCode.Ok;
    }

    private static async Task<bool> IsConfirmedAsync(Surroundings around, CancellationToken cancellationToken)
    {
        if (around.Terminal is not { } terminal)
        {
            await around.Error.WriteLineAsync("Nobody can be asked here, so nothing was sent; --yes sends without asking.");
            return false;
        }

        await around.Error.WriteAsync("Send it? [y/N] ");
        await around.Error.FlushAsync(cancellationToken);
        var answer = await terminal.ReadLineAsync(cancellationToken);
        if (answer?.Trim() is "y" or "Y" or "yes") return true;
        await around.Error.WriteLineAsync("Nothing was sent.");
        return false;
    }
}
