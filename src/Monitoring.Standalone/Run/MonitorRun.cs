using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Probing;
using Monitoring.Simulator;
using Monitoring.Standalone.Commands;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.PostTo;
using Monitoring.Standalone.Regions;
using Monitoring.Standalone.Sources;
using Monitoring.Standalone.Wallet;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary><c>monitor run</c>: hub, regions, registry and web server in one process, from the lock on the data to the last spooled result.</summary>
internal sealed partial class MonitorRun
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WebStopLimit = TimeSpan.FromSeconds(5);

    private readonly MonitorOptions _options;
    private readonly Surroundings _around;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;

    private MonitorRun(MonitorOptions options, Surroundings around, ILoggerFactory logs)
    {
        _options = options;
        _around = around;
        _logs = logs;
        _log = logs.CreateLogger<MonitorRun>();
    }

    /// <summary>Runs until asked to stop.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(MonitorOptions options, Surroundings around, CancellationToken stop)
    {
        var withColour = around.Environment.FirstOrDefault(v => v.Key == "NO_COLOR").Value is not { Length: > 0 };
        using var logs = LoggerFactory.Create(logging => ConsoleLog.Configure(logging, options.LogLevel, withColour));
        var run = new MonitorRun(options, around, logs);
        try
        {
            using var directory = StateDirectory.Open(options.Data, around.Time);
            return await run.RunOnAsync(directory, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (StateDirectoryException e)
        {
            await around.Error.WriteLineAsync(e.Message);
        }
        catch (KeyException e)
        {
            await around.Error.WriteLineAsync($"The key of the wallet cannot be used: {e.Message}");
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or InvalidDataException or ChainException)
        {
            // A chain of other contracts, a port that is taken, a disk that cannot be read, an ffmpeg that is not there: the message names it.
            await around.Error.WriteLineAsync($"The monitor could not be started: {e.Message}");
        }

        return ExitCode.Failure;
    }

    private async Task<int> RunOnAsync(StateDirectory directory, CancellationToken stop)
    {
        await using var memory = await KeyedLog.OpenAsync(directory.State, LogFault, stop);
        await DataNetwork.ClaimAsync(memory, _options.IsSimulated, directory.DirectoryPath, stop);
        await using var opened = await OpenedStore.OpenAsync(_options, directory, _around.Time, LogFault, LogFault, stop);
        await using var store = new MeasuredResultStore(opened.Results, _around.Time);
        await using var fleet = _options.IsSimulated ? await RememberedPorts.StartAsync(_options.Simulate, memory, stop) : null;
        using var webhook = _options.Source.Kind == SourceKind.Webhook ? new WebhookSource(_options.Source.Webhook!, _around.Time) : null;
        using var chain = _options.Chain is null || (_options.Wallet is null && _options.Source.Kind != SourceKind.Chain) ? null : await ChainAccess.ConnectAsync(_options.Chain!, _around.Time, stop);
        using var wallet = chain is null || _options.Wallet is null ? null : await OpenWalletAsync(chain, directory, stop);
        IOrchestratorSource source = fleet is not null ? new SimulatedSource(fleet)
            : webhook is not null ? webhook
            : _options.Source.Kind == SourceKind.Chain ? new ChainSource(chain!)
            : new ListSource(_options.Source.Orchestrators);

        MonitorHub? measuring = null;
        await using var outbox = await LogOutbox.OpenAsync(directory.Outbox, new OutboxBounds(), LogFault, stop);
        await using var told = await KeyedLog.OpenAsync(directory.Alerts, LogFault, stop);
        using var alerts = new AlertDesk(
            _options.Alerts, outbox, told, () => measuring is not { IsStoring: true } ? "results cannot be stored" : null, _around.Time, _logs);
        var plans = await PlanBook.OpenAsync(memory, _options.Schedule, stop);
        var board = new Board();
        var schedule = new ScheduleBook(memory, plans, _options.Schedule, _around.Time);
        await schedule.OpenAsync(stop);
        var hub = new MonitorHub(new HubOptions { Policy = _options.Policy, Instrument = _options.Alerts.Thresholds.Instrument }, store, memory, plans, schedule, board, _around.Time, _logs.CreateLogger<MonitorHub>())
        {
            Notifications = alerts,
            Budget = await Budget.OpenAsync(_options.Spend, memory, _around.Time.GetUtcNow(), stop),
        };
        measuring = hub;
        LogReplayed(await hub.ReplayAsync(stop));
        var remembered = hub.RememberedSet().ToList();
        var registry = new Registry(
            source, new HubEnrolment(hub), _options.Source.Maintenance, remembered, _options.Source.Refresh, _around.Time, _logs.CreateLogger<Registry>());

        using var poster = OpenPoster(directory);
        if (poster is not null) hub.OnMeasured = result => poster.OfferAsync(result, CancellationToken.None);
        var watch = wallet is null ? null : new WalletWatch(wallet.Watch, wallet.Reserve, _around.Time, _logs.CreateLogger<WalletWatch>());
        List<IInstrumentStatus> instrument = [new StorePart(hub, opened, _options.Store?.Retention, _around.Time)];
        List<IHostGauges> gauges = [new AlertGauges(alerts)];
        if (watch is not null) instrument.Add(new WalletPart(watch, _around.Time));
        if (watch is not null) hub.Money = () => (watch.Latest is null ? null : string.Join(' ', watch.Alarms.Select(a => a.Text)), watch.Unread);
        if (watch is not null) gauges.Add(new WalletGauges(() => watch.Latest?.Funds.Deposit, () => watch.Latest?.Funds.ReserveFundsRemaining, () => wallet!.SpentToday().Ceiling(), _options.Spend));
        if (poster is not null) gauges.Add(new PosterGauges(poster));
        using var remote = _options.Remote.Regions.IsEmpty ? null : await LedRegions.OpenAsync(_options, hub, memory, directory.DirectoryPath, _around.Time, _logs, stop);
        instrument.Add(new RegionParts(hub, remote?.Refused, _around.Time));
        var parts = new WebParts { Book = new OrchestratorBook(registry, source as ChainSource), Instrument = instrument, Gauges = gauges, Alerts = alerts, Remote = remote };
        await using var app = WebHost.Build(_options, board, hub, schedule, store, parts, _around.Time, _logs);
        await app.StartAsync(stop);

        var regions = _options.Region.Measured
            .Select(id => new Region(id, new RegionSetup(_options.Region.Workers, _options.Region.Controls, _options.Tests, _options.Source.AllowLoopback), wallet?.Paymaster ?? OffChainPaymaster.Instance, Path.Combine(directory.Spool, id.Code), hub, null, _around.Time, _logs, LogFault)).ToList();
        Banner.Write(_options, app.Urls, wallet?.Address, _around.Error);
        try
        {
            return await LiveAsync(app, hub, registry, regions, opened, poster, watch, alerts, stop);
        }
        finally
        {
            foreach (var region in regions) await region.DisposeAsync();
        }
    }

    // Each part outlives those that need it: regions report to the hub, the hub tells the poster.
    private async Task<int> LiveAsync(
        WebApplication app, MonitorHub hub, Registry registry, List<Region> regions, OpenedStore store, LeaderboardPoster? poster, WalletWatch? watch, AlertDesk alerts, CancellationToken stop)
    {
        using var stopMeasuring = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var stopHub = new CancellationTokenSource();
        using var stopPosting = new CancellationTokenSource();
        using var stopTelling = new CancellationTokenSource();
        var failed = false;
        async Task WatchAsync(string part, Task work)
        {
            try
            {
                await work;
            }
            catch (Exception e)
            {
                failed = true;
                LogPartFailed(part, e);
                await stopMeasuring.CancelAsync();
            }
        }

        var posting = WatchAsync("the poster", poster?.RunAsync(stopPosting.Token) ?? Task.CompletedTask);
        var telling = WatchAsync("alerting", alerts.RunAsync(stopTelling.Token));
        var hubbing = WatchAsync("the hub", hub.RunAsync(stopHub.Token));
        var measuring = Task.WhenAll([
            WatchAsync("the registry", registry.RunAsync(stopMeasuring.Token)),
            WatchAsync("the watch over the wallet", watch?.RunAsync(stopMeasuring.Token) ?? Task.CompletedTask),
            WatchAsync("the upkeep of the store", KeepStoreAsync(store, stopMeasuring.Token)),
            .. regions.Select(r => WatchAsync("a region", r.RunAsync(stopMeasuring.Token)))]);

        await measuring;
        LogStopping();
        using (var limit = new CancellationTokenSource(WebStopLimit)) await app.StopAsync(limit.Token);
        await stopHub.CancelAsync();
        await hubbing;
        using (var limit = new CancellationTokenSource(DrainLimit)) await WatchAsync("the hub's last work", hub.DrainAsync(limit.Token));
        await stopPosting.CancelAsync();
        await posting;
        await stopTelling.CancelAsync();
        await telling;
        LogStopped();
        return failed ? ExitCode.Failure : ExitCode.Ok;
    }

    private async Task KeepStoreAsync(OpenedStore store, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                try
                {
                    await store.KeepAsync(stop);
                }
                catch (IOException e)
                {
                    LogDaysNotClosed(e.Message);
                }

                await Task.Delay(TimeSpan.FromHours(6), _around.Time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task<OpenedWallet> OpenWalletAsync(IChain chain, StateDirectory directory, CancellationToken stop)
    {
        var key = await WalletKey.LoadAsync(_options.Wallet!, stop);
        if (key.ReadableByOthers) LogKeyReadable();
        return await OpenedWallet.OpenAsync(key, chain, _options.Spend, directory.DirectoryPath, _around.Time, stop);
    }

    private LeaderboardPoster? OpenPoster(StateDirectory directory)
    {
        if (_options.PostTo is not { } to) return null;
        var folder = Path.Combine(directory.DirectoryPath, "post-to");
        Directory.CreateDirectory(folder);
        var spool = FileSpool.Open(
            Path.Combine(folder, "spool"), SpoolFormat.Of(PostedBodyJson.Default.PostedBody), new SpoolBounds { Items = 100_000, Bytes = 128L << 20 }, _around.Time, LogFault);
        return new LeaderboardPoster(
            to, new PosterPolicy(), spool, new RefusedPosts(Path.Combine(folder, "refused.jsonl"), RefusedPosts.DefaultMostBytes), _around.Time, _logs.CreateLogger<LeaderboardPoster>());
    }

    private void LogFault(JournalFault fault) => LogFault(fault.ToString());

    [LoggerMessage(5001, LogLevel.Warning, "Damage in what is stored: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(5002, LogLevel.Information, "{Count} stored outcomes were replayed")]
    private partial void LogReplayed(int count);

    [LoggerMessage(5003, LogLevel.Critical, "{Part} failed; the monitor stops")]
    private partial void LogPartFailed(string part, Exception e);

    [LoggerMessage(5004, LogLevel.Information, "Stopping: tests under way are cut short, results are kept")]
    private partial void LogStopping();

    [LoggerMessage(5005, LogLevel.Information, "Stopped")]
    private partial void LogStopped();

    [LoggerMessage(5007, LogLevel.Warning, "Others than its owner may read the file of the wallet's key: change its permissions (chmod 600)")]
    private partial void LogKeyReadable();

    [LoggerMessage(5006, LogLevel.Warning, "The sums of closed days could not be written and are tried again: {Why}")]
    private partial void LogDaysNotClosed(string why);
}
