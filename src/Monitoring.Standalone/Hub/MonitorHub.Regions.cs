using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <content>How the regions are: what they tell of themselves, and what the hub sees of them.</content>
internal sealed partial class MonitorHub
{
    private readonly Dictionary<RegionId, (RegionVitals Vitals, DateTimeOffset At)> _vitals = [];
    private ImmutableArray<RegionStanding> _standings = [];

    /// <summary>How the regions stand, in order of their codes. Reading it costs nothing.</summary>
    public ImmutableArray<RegionStanding> Regions
    {
        get
        {
            // An array of a struct around one reference: reading it whole is atomic, but it has to be seen.
            Interlocked.MemoryBarrier();
            return _standings;
        }
    }

    /// <summary>How long a region may ask for no work before it is stale.</summary>
    public TimeSpan StaleAfter => _options.StaleAfter;

    /// <inheritdoc />
    public Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken)
    {
        if (vitals.Problem() is { } problem) throw new ArgumentException($"What {region} tells of itself cannot be used: {problem}.", nameof(vitals));
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(new Command.Vitals(region, vitals, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    private async Task ObeyAsync(Command.Vitals vitals)
    {
        if (_queues.ContainsKey(vitals.Region))
        {
            var now = _time.GetUtcNow();
            _vitals[vitals.Region] = (vitals.Own, now);

            // A clock that is off makes void what is tested meanwhile, and says nothing of what was tested before.
            if (vitals.Own.Fault != OutcomeCode.OurClock) await LearnAsync(_health.OnControls(vitals.Region, vitals.Own.Fault is null, now));
        }

        // Whoever told it finds it shown.
        LookAtRegions();
        vitals.Answer.TrySetResult();
    }

    private void LookAtRegions()
    {
        var standings = ImmutableArray.CreateBuilder<RegionStanding>(_queues.Count);
        foreach (var (region, queue) in _queues.OrderBy(q => q.Key))
        {
            var told = _vitals.TryGetValue(region, out var vitals) ? vitals : default;
            var anomaly = _health.Anomalies.FirstOrDefault(a => a.Region == region && a.Until is null);
            standings.Add(new RegionStanding(region, queue.LastAsked, queue.Leased, queue.Waiting, told.Vitals, told.At, anomaly));
        }

        _standings = standings.MoveToImmutable();
    }
}
