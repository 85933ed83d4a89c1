using Microsoft.Extensions.Logging;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// Looks at the wallet every few minutes and raises an alarm when its funds do not do. Tests need no telling: each looks for itself before
/// it signs, and becomes void (OurWallet), never a fault of the orchestrator.
/// </summary>
/// <param name="watch">Our funds, as the chain has them.</param>
/// <param name="reserve">Whether orchestrators would refuse our reserve.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where alarms go.</param>
public sealed partial class WalletWatch(SenderWatch watch, IReserveCheck reserve, TimeProvider time, ILogger<WalletWatch> log)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(3);
    private ImmutableArray<FundsAlarm> _alarms = [];

    /// <summary>What is wrong with the funds, by the last look; empty when nothing is.</summary>
    public ImmutableArray<FundsAlarm> Alarms => _alarms;

    /// <summary>Why the latest look failed; empty when it succeeded, null before the first.</summary>
    public string? Unread { get; private set; }

    /// <summary>What the latest look that succeeded saw; null before it.</summary>
    public SenderView? Latest { get; private set; }

    /// <summary>Told after every look, also after one that failed.</summary>
    public event Action? Looked;

    /// <summary>Looks until asked to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await LookAsync(stop);
                await Task.Delay(Every, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Looks once; logs what changed.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var tooSmall = await reserve.IsTooSmallAsync(cancellationToken);
            var view = await watch.ReadAsync(SenderWatch.Fresh, cancellationToken);
            Latest = view;
            Unread = "";
            ImmutableArray<FundsAlarm> alarms = [.. Funds.Alarms(view, tooSmall)];
            foreach (var alarm in alarms.Where(a => !_alarms.Any(known => known.Trouble == a.Trouble))) LogAlarm(alarm.Text);
            if (alarms.IsEmpty && !_alarms.IsEmpty) LogWell();
            _alarms = alarms;
        }
        catch (ChainException e)
        {
            // What was known stays known; tests that need the chain are void by themselves.
            Unread = e.Message;
            LogUnread(e.Message);
        }

        Looked?.Invoke();
    }

    [LoggerMessage(6001, LogLevel.Critical, "The wallet needs somebody: {Alarm}. Until then tests are void, not faults. 'monitor wallet status' tells more")]
    private partial void LogAlarm(string alarm);

    [LoggerMessage(6002, LogLevel.Information, "The wallet is well again")]
    private partial void LogWell();

    [LoggerMessage(6003, LogLevel.Warning, "The wallet could not be looked at: {Why}")]
    private partial void LogUnread(string why);
}
