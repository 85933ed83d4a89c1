using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;

namespace Monitoring.Cluster.Status;

/// <summary>Something of the grains that every hub silo keeps a copy of, so that reading it costs no grain call.</summary>
internal interface ISiloView
{
    /// <summary>Takes over what is newer.</summary>
    Task PullAsync();
}

/// <summary>Pulls the views every <see cref="HubRules.ViewEvery"/>. One that cannot be pulled stays as it was.</summary>
internal sealed partial class SiloViews(IEnumerable<ISiloView> views, HubRules rules, TimeProvider time, ILogger<SiloViews> log) : BackgroundService
{
    private readonly ImmutableArray<ISiloView> _views = [.. views];

    /// <summary>Pulls all of them now.</summary>
    public Task PullAsync() => Task.WhenAll(_views.Select(PullAsync));

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(rules.ViewEvery, time);
        try
        {
            do await PullAsync();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task PullAsync(ISiloView view)
    {
        try
        {
            await view.PullAsync();
        }
        catch (Exception e)
        {
            LogNotPulled(view.GetType().Name, e.Message);
        }
    }

    [LoggerMessage(2061, LogLevel.Warning, "{View} could not be brought up to date, what was known stands: {Why}")]
    private partial void LogNotPulled(string view, string why);
}
