using System.Security.Cryptography;
using System.Text;
using Monitoring.Cluster.Hosting;
using Monitoring.Core;

namespace Monitoring.Cluster.Schedule;

/// <summary>The plans of the days on one hub silo: the master secret is asked for once, and grains on any thread may draw.</summary>
internal sealed class SiloPlans(HubRules rules, IGrainFactory grains)
{
    private readonly Lock _gate = new();
    private DrawnPlans? _plans;
    private byte[] _master = [];
    private Task? _asking;

    /// <summary>Completes when plans can be drawn. One asks for the secret and the others wait: a silo that starts activates thousands at once.</summary>
    public ValueTask LoadAsync()
    {
        lock (_gate)
        {
            if (_plans is not null) return ValueTask.CompletedTask;
            if (_asking is null or { IsCompleted: true }) _asking = AskAsync();
            return new ValueTask(_asking);
        }
    }

    /// <summary>The plan of one orchestrator on one day.</summary>
    /// <exception cref="InvalidOperationException"><see cref="LoadAsync"/> has not completed.</exception>
    public ImmutableArray<PlannedTest> PlanOf(OrchestratorId orchestrator, OrchestratorRecord record, DateOnly day)
    {
        lock (_gate) return Loaded().PlanOf(orchestrator, record, day);
    }

    /// <inheritdoc cref="DrawnPlans.Commitment" />
    public string Commitment(DateOnly day)
    {
        lock (_gate) return Loaded().Commitment(day);
    }

    /// <inheritdoc cref="DrawnPlans.Reveal" />
    public string? Reveal(DateOnly day, DateTimeOffset now)
    {
        lock (_gate) return Loaded().Reveal(day, now);
    }

    /// <summary>
    /// When in its period an orchestrator's reminder fires: keyed by the secret, so that reminders made together do not fire together and
    /// nobody outside can tell when.
    /// </summary>
    public TimeSpan PhaseOf(OrchestratorId orchestrator, TimeSpan period)
    {
        var hash = HMACSHA256.HashData(_master, Encoding.ASCII.GetBytes("reminder|" + orchestrator.Text));
        return TimeSpan.FromTicks((long)(BitConverter.ToUInt64(hash) % (ulong)period.Ticks));
    }

    private async Task AskAsync()
    {
        var schedule = grains.GetGrain<IScheduleGrain>(0);
        var master = await schedule.Master();
        await schedule.Rule(ScheduleRulesWire.Of(rules.Policy.Schedule));
        lock (_gate)
        {
            _master = master;
            _plans ??= new DrawnPlans(master, rules.Policy.Schedule);
        }
    }

    private DrawnPlans Loaded() => _plans ?? throw new InvalidOperationException("The schedule's secret is not loaded.");
}
