using System.CommandLine;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Wallet;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor wallet</c>: what is in the wallet, and how more gets into it.</summary>
internal static class WalletCommand
{
    private static readonly string[] Sections = ["Chain", "Wallet", "Spend", "--set"];

    public static Command Create(Surroundings around)
    {
        var command = new Command("wallet", "The wallet that pays the tests: what is in it, and how more gets into it.");
        command.Subcommands.Add(Status(around));
        command.Subcommands.Add(Fund(around));
        return command;
    }

    private static Command Status(Surroundings around)
    {
        var settings = new SettingOptions();
        var command = new Command("status", "Prints deposit, reserve, an unlock, what was spent today, and how long the float lasts. Exit code 1 when orchestrators would refuse us.");
        settings.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(settings.Read(parsed, around), around, (options, key, chain, stop) =>
            WalletStatus.PrintAsync(options, key.Signer.Address, chain, around, stop)));
        return command;
    }

    private static Command Fund(Surroundings around)
    {
        var settings = new SettingOptions();
        var deposit = new Option<string>("--deposit") { HelpName = "AMOUNT", Description = "Pays winning tickets. Such as 0.02ether; default 0.", DefaultValueFactory = _ => "0" };
        var reserve = new Option<string>("--reserve") { HelpName = "AMOUNT", Description = "Backs tickets when the deposit is used up; shared by the whole pool. Default 0.", DefaultValueFactory = _ => "0" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Sends without asking, for scripts." };
        var command = new Command("fund", "Pays from the key's own balance into its deposit and reserve. Shows the transaction and asks before it is sent.");
        settings.AddTo(command);
        command.Options.Add(deposit);
        command.Options.Add(reserve);
        command.Options.Add(yes);
        command.SetAction(async (parsed, _) =>
        {
            if (!WeiText.TryParse(parsed.GetValue(deposit)!, out var toDeposit)) return await RefuseAsync("--deposit", parsed.GetValue(deposit)!);
            if (!WeiText.TryParse(parsed.GetValue(reserve)!, out var toReserve)) return await RefuseAsync("--reserve", parsed.GetValue(reserve)!);
            if ((toDeposit + toReserve).IsZero)
            {
                await around.Error.WriteLineAsync("Nothing to pay: name --deposit, --reserve or both.");
                return ExitCode.Usage;
            }

            return await RunAsync(settings.Read(parsed, around), around, (_, key, chain, stop) =>
                WalletFunding.RunAsync(new FundingRequest(toDeposit, toReserve, parsed.GetValue(yes)), key.Signer, chain, around, stop));
        });
        return command;

        async Task<int> RefuseAsync(string option, string text)
        {
            await around.Error.WriteLineAsync($"{option}: '{text}' is not an amount; {WeiText.Expected}.");
            return ExitCode.Usage;
        }
    }

    // The rest of the configuration may be as it likes: no test runs here.
    private static async Task<int> RunAsync(
        ParsedConfiguration configuration, Surroundings around, Func<MonitorOptions, LoadedKey, EthereumChain, CancellationToken, Task<int>> act)
    {
        var options = configuration.Options;
        var problems = configuration.Problems.Where(p => !p.IsWarning && Sections.Contains(p.Key.Split(':')[0])).ToList();
        if (options.Chain is null && !problems.Exists(p => p.Key.StartsWith("Chain:RpcUrls", StringComparison.Ordinal)))
            problems.Add(new ConfigurationProblem("Chain:RpcUrls", "A JSON-RPC endpoint of the chain is expected."));
        if (options.Wallet is null && !problems.Exists(p => p.Key.StartsWith("Wallet", StringComparison.Ordinal)))
            problems.Add(new ConfigurationProblem("Wallet:KeyFile", "A key is expected, here, in Wallet:Keystore or in the environment (MONITOR_Wallet__Key)."));
        if (problems.Count > 0)
        {
            ConfigurationProblem.Print(problems, around.Error);
            return ExitCode.Usage;
        }

        using var interruption = new Interruption();
        try
        {
            using var key = await WalletKey.LoadAsync(options.Wallet!, interruption.Token);
            if (key.ReadableByOthers) await around.Error.WriteLineAsync("WARNING Others than its owner may read the key's file: change its permissions (chmod 600).");
            using var chain = await ChainAccess.ConnectAsync(options.Chain!, around.Time, interruption.Token);
            return await act(options, key, chain, interruption.Token);
        }
        catch (KeyException e)
        {
            await around.Error.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is ChainException or IOException or InvalidDataException)
        {
            await around.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
