using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Chain;
using Monitoring.Cluster.Configuration;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Regions;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Probing;
using Monitoring.Storage;
using Monitoring.Web;
using Orleans.Hosting;

namespace Monitoring.Cluster.Run;

/// <summary>
/// <c>monitor-cluster region</c>: a silo that tests from one region, from the lock on its data to the last spooled result. Where the others
/// have voted it dead, as after it was frozen, Orleans ends the process at once: whoever started it starts it again.
/// </summary>
internal sealed partial class RegionProcess
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(120);

    private readonly RegionOptions _options;
    private readonly Surroundings _around;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;

    private RegionProcess(RegionOptions options, Surroundings around, ILoggerFactory logs)
    {
        _options = options;
        _around = around;
        _time = options.ClockOffset == TimeSpan.Zero ? around.Time : new ShiftedTime(around.Time, options.ClockOffset);
        _logs = logs;
        _log = logs.CreateLogger<RegionProcess>();
    }

    /// <summary>Runs until asked to stop.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RegionOptions options, Surroundings around, CancellationToken stop)
    {
        using var logs = Logging.Create(options.LogLevel, around);
        try
        {
            using var directory = StateDirectory.Open(Path.Combine(around.Directory, options.Data), around.Time);
            return await new RegionProcess(options, around, logs).RunOnAsync(directory, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (KeyException e)
        {
            await around.Error.WriteLineAsync($"The key of the wallet cannot be used: {e.Message}");
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or InvalidDataException or ChainException)
        {
            await around.Error.WriteLineAsync($"The region could not be started: {e.Message}");
            return ExitCode.Failure;
        }
    }

    private async Task<int> RunOnAsync(StateDirectory directory, CancellationToken stop)
    {
        var time = _time;
        await Tables.RequireAsync(_options.Store!.Url, make: false, stop);
        var chain = _options.Wallet is null ? null : await _options.Client.ConnectAsync(_options.Chain!.Options, time, stop);
        using var connections = chain as IDisposable;
        using var wallet = chain is null ? null : await OpenWalletAsync(chain, directory, stop);
        var watch = wallet is null ? null : new WalletWatch(wallet.Watch, wallet.Reserve, time, _logs.CreateLogger<WalletWatch>());

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Monitoring.Cluster" });
        builder.Services.AddSingleton(_logs);
        builder.Services.AddSingleton(time);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        builder.UseOrleans(silo =>
        {
            silo.UsePostgres(_options.Store.Url, _options.Cluster.Id);
            silo.UseEndpoints(_options.Cluster, $"{_options.Id}-{Environment.MachineName}-{_options.Cluster.SiloPort}");
            silo.AddRegion(_options.Id);
        });
        builder.Services.AddSingleton<SiloState>();
        builder.Services.AddSingleton(s => ActivatorUtilities.CreateInstance<RegionProber>(s, _options.Id, (Func<Region>)(() => Open(s, directory, wallet, watch))));
        builder.Services.AddHostedService(s => s.GetRequiredService<RegionProber>());
        using var host = builder.Build();

        ImmutableArray<IHostGauges> gauges = watch is null ? []
            : [new WalletGauges(() => watch.Latest?.Funds.Deposit, () => watch.Latest?.Funds.ReserveFundsRemaining, () => wallet!.SpentToday().Ceiling(), _options.Spend)];
        var listens = !_options.Urls.IsEmpty || !_options.MetricsUrls.IsEmpty;
        using var telemetry = listens ? null : new TelemetryPipeline(TelemetrySettings.FromEnvironment(), gauges);
        await using var port = listens ? HealthPort.Build(_options.Urls, Checks(host.Services), gauges, _logs, _options.MetricsUrls) : null;
        if (port is not null) await port.StartAsync(stop);
        await host.StartAsync(stop);
        await WriteBannerAsync(wallet, port?.Urls ?? []);

        using var stopWatch = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = watch?.RunAsync(stopWatch.Token) ?? Task.CompletedTask;
        var code = await Lasting.UntilStoppedAsync(host, () => LogStopping(_options.Id.Code), stop);
        await stopWatch.CancelAsync();
        await watching;
        if (port is not null) await port.StopAsync(CancellationToken.None);
        return code;
    }

    private Region Open(IServiceProvider services, StateDirectory directory, OpenedWallet? wallet, WalletWatch? watch) => new(
        _options.Id, _options.Setup, wallet?.Paymaster ?? OffChainPaymaster.Instance, Path.Combine(directory.Spool, _options.Id.Code), services.GetRequiredService<IHub>(), services.GetRequiredService<HubClock>(), _time, _logs, LogFault)
    {
        Alarms = () => watch?.Alarms.Select(a => a.Text) ?? [],
    };

    // The port is open before the silo has joined: only then can somebody see that it has not.
    private static Dictionary<string, Func<string?>> Checks(IServiceProvider services)
    {
        var state = new Lazy<SiloState>(services.GetRequiredService<SiloState>);
        return new() { ["/startupz"] = () => state.Value.Trouble, ["/readyz"] = () => state.Value.Trouble };
    }

    private async Task<OpenedWallet> OpenWalletAsync(IChain chain, StateDirectory directory, CancellationToken stop)
    {
        var key = await WalletKey.LoadAsync(_options.Wallet!, _options.Client.SignerFactory(), stop);
        if (key.ReadableByOthers) LogKeyReadable();
        return await OpenedWallet.OpenAsync(key, chain, _options.Spend, directory.DirectoryPath, _time, stop);
    }

    private async Task WriteBannerAsync(OpenedWallet? wallet, ICollection<string> urls)
    {
        var to = _around.Error;
        if (_options.Setup.AllowLoopback) await to.WriteLineAsync("SIMULATION: addresses of this machine may be dialled (Source:AllowLoopback); what is measured so says nothing about any distance.");
        if (_options.ClockOffset != TimeSpan.Zero) await to.WriteLineAsync($"SIMULATION: the clock of this process is set {_options.ClockOffset.TotalSeconds:+0;-0} s wrong (Simulate:ClockOffset).");
        await to.WriteLineAsync($"region       {_options.Id}");
        await to.WriteLineAsync($"cluster      {_options.Cluster.Id}, silo {_options.Cluster.Address}:{_options.Cluster.SiloPort}{(_options.Cluster.Certificate is null ? "" : ", mutual TLS")}");
        await to.WriteLineAsync($"data         {Path.GetFullPath(_options.Data, _around.Directory)}");
        if (wallet is not null) await to.WriteLineAsync($"wallet       {wallet.Address}, chain {_options.Chain!.Id} (client: {_options.Client})");
        await to.WriteLineAsync($"discovery    {_options.Discovery}");
        var (health, metrics) = (urls.SkipLast(_options.MetricsUrls.Length).ToList(), urls.TakeLast(_options.MetricsUrls.Length).ToList());
        if (health.Count > 0) await to.WriteLineAsync($"health       {string.Join(" ", health)}");
        if (metrics.Count > 0) await to.WriteLineAsync($"metrics      {string.Join(" ", metrics.Select(u => u + MetricsAddresses.Path))}");
        await to.FlushAsync(CancellationToken.None);
    }

    private void LogFault(JournalFault fault) => LogFault(fault.ToString());

    [LoggerMessage(5211, LogLevel.Warning, "Damage in what is stored: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(5212, LogLevel.Information, "{Region} stops: tests under way are cut short, results are kept")]
    private partial void LogStopping(string region);

    [LoggerMessage(5213, LogLevel.Warning, "Others than its owner may read the file of the wallet's key: change its permissions (chmod 600)")]
    private partial void LogKeyReadable();
}
