using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Probing;
using Monitoring.Standalone.Configuration;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary><c>monitor region</c>: one region in a process of its own, from the lock on its data to the last spooled result. It keeps no database.</summary>
internal sealed partial class RegionProcess
{
    private readonly RegionProcessOptions _options;
    private readonly Surroundings _around;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;

    private RegionProcess(RegionProcessOptions options, Surroundings around, ILoggerFactory logs)
    {
        _options = options;
        _around = around;
        _time = options.ClockOffset == TimeSpan.Zero ? around.Time : new ShiftedTime(around.Time, options.ClockOffset);
        _logs = logs;
        _log = logs.CreateLogger<RegionProcess>();
    }

    /// <summary>Runs until asked to stop.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RegionProcessOptions options, Surroundings around, CancellationToken stop)
    {
        var withColour = around.Environment.FirstOrDefault(v => v.Key == "NO_COLOR").Value is not { Length: > 0 };
        using var logs = LoggerFactory.Create(logging => ConsoleLog.Configure(logging, options.LogLevel, withColour));
        var process = new RegionProcess(options, around, logs);
        try
        {
            using var key = RegionKey.Load(Path.Combine(around.Directory, options.KeyFile));
            using var directory = StateDirectory.Open(options.Data, around.Time);
            return await process.RunOnAsync(key, directory, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is RegionKeyException)
        {
            await around.Error.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }
        catch (KeyException e)
        {
            await around.Error.WriteLineAsync($"The key of the wallet cannot be used: {e.Message}");
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or InvalidDataException or ChainException)
        {
            await around.Error.WriteLineAsync($"The region could not be started: {e.Message}");
        }

        return ExitCode.Failure;
    }

    private async Task<int> RunOnAsync(RegionKey key, StateDirectory directory, CancellationToken stop)
    {
        if (RegionKey.IsReadableByOthers(Path.Combine(_around.Directory, _options.KeyFile))) LogKeyReadable();
        using var chain = _options.Wallet is null ? null : await ChainAccess.ConnectAsync(_options.Chain!, _time, stop);
        using var wallet = chain is null ? null : await OpenWalletAsync(chain, directory, stop);
        var watch = wallet is null ? null : new WalletWatch(wallet.Watch, wallet.Reserve, _time, _logs.CreateLogger<WalletWatch>());
        using var hub = new HttpsHub(_options.Hub, key, HubCertificate.Handler(_options.Trust), _time);
        var setup = new RegionSetup(_options.Workers, _options.Controls, _options.Tests, _options.AllowLoopback) { SpoolItems = _options.SpoolItems };
        await using var region = new Region(
            key.Region, setup, wallet?.Paymaster ?? OffChainPaymaster.Instance, Path.Combine(directory.Spool, key.Region.Code), hub, hub.Clock, _time, _logs, LogFault)
        {
            Alarms = () => watch?.Alarms.Select(a => a.Text) ?? [],
        };
        ImmutableArray<IHostGauges> gauges = watch is null ? []
            : [new WalletGauges(() => watch.Latest?.Funds.Deposit, () => watch.Latest?.Funds.ReserveFundsRemaining, () => wallet!.SpentToday().Ceiling(), _options.Spend)];
        using var telemetry = _options.Urls.IsEmpty && _options.MetricsUrls.IsEmpty ? new TelemetryPipeline(TelemetrySettings.FromEnvironment(), gauges) : null;
        await using var port = _options.Urls.IsEmpty && _options.MetricsUrls.IsEmpty ? null : HealthPort.Build(_options.Urls, Checks(hub.Clock), gauges, _logs, _options.MetricsUrls);
        if (port is not null) await port.StartAsync(stop);
        await WriteBannerAsync(key, wallet, port);

        using var stopWatch = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = watch?.RunAsync(stopWatch.Token) ?? Task.CompletedTask;
        await region.RunAsync(stop);
        await stopWatch.CancelAsync();
        await watching;
        if (port is not null) await port.StopAsync(CancellationToken.None);
        LogStopped(key.Region.Code);
        return ExitCode.Ok;
    }

    // Ready is a region that its hub has answered.
    private static Dictionary<string, Func<string?>> Checks(HubClock clock) => new() { ["/readyz"] = () => clock.Offset is null ? "the hub has not answered yet" : null };

    private async Task<OpenedWallet> OpenWalletAsync(IChain chain, StateDirectory directory, CancellationToken stop)
    {
        var key = await WalletKey.LoadAsync(_options.Wallet!, stop);
        return await OpenedWallet.OpenAsync(key, chain, _options.Spend, directory.DirectoryPath, _time, stop);
    }

    private async Task WriteBannerAsync(RegionKey key, OpenedWallet? wallet, WebApplication? port)
    {
        if (_options.AllowLoopback) await _around.Error.WriteLineAsync("SIMULATION: addresses of this machine may be dialled (Source:AllowLoopback); what is measured so says nothing about any distance.");
        if (_options.ClockOffset != TimeSpan.Zero) await _around.Error.WriteLineAsync($"SIMULATION: the clock of this process is set {_options.ClockOffset.TotalSeconds:+0;-0} s wrong (Simulate:ClockOffset).");
        await _around.Error.WriteLineAsync($"region       {key.Region}, key {key.Id}");
        await _around.Error.WriteLineAsync($"hub          {_options.Hub.GetLeftPart(UriPartial.Path)}");
        await _around.Error.WriteLineAsync($"data         {Path.GetFullPath(_options.Data)}");
        if (wallet is not null) await _around.Error.WriteLineAsync($"wallet       {wallet.Address}");
        if (port is not null) await _around.Error.WriteLineAsync($"health       {string.Join(" ", port.Urls)}");
        await _around.Error.FlushAsync(CancellationToken.None);
    }

    private void LogFault(JournalFault fault) => LogFault(fault.ToString());

    [LoggerMessage(5101, LogLevel.Warning, "Damage in what is stored: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(5102, LogLevel.Information, "{Region} stopped")]
    private partial void LogStopped(string region);

    [LoggerMessage(5103, LogLevel.Warning, "Others than its owner may read the file of the region's key: change its permissions (chmod 600)")]
    private partial void LogKeyReadable();
}
