using Monitoring.Core;

namespace Monitoring.Benchmarks;

/// <summary>What is evidence of a region.</summary>
internal enum EvidenceKind
{
    /// <summary>Tests, 24 a day of each orchestrator and region; the rule looks back 20 minutes.</summary>
    Test,

    /// <summary>Liveness checks, one in five minutes of each; the rule looks back as long.</summary>
    Check,
}

/// <summary>A network whose orchestrators are seen in turn from each region, for as long as the rule looks back, and then further.</summary>
internal sealed class EvidenceSeries
{
    private readonly EvidenceKind _kind;
    private readonly OrchestratorId[] _orchestrators;
    private readonly TimeSpan _step;
    private RegionHealth _health;
    private DateTimeOffset _now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private int _next;

    public EvidenceSeries(EvidenceKind kind, int orchestrators)
    {
        _kind = kind;
        _orchestrators = [.. Enumerable.Range(0, orchestrators).Select(Network.Orchestrator)];
        var every = kind == EvidenceKind.Test ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5);
        _step = every / (orchestrators * Network.Regions.Length);
        _health = kind == EvidenceKind.Test ? RegionHealth.New(new AnomalyPolicy()) : RegionHealth.OfChecks(new AnomalyPolicy { Span = every });
        for (var i = 0; i < orchestrators * Network.Regions.Length; i++) Next();
    }

    /// <summary>The next orchestrator is seen from the next region.</summary>
    public void Next()
    {
        _now += _step;
        var region = Network.Regions[_next % Network.Regions.Length];
        var number = _next / Network.Regions.Length % _orchestrators.Length;
        _next++;
        var good = number % 100 >= 5 || (number % 100 == 4 && region != Network.Regions[0]);
        _health = _kind == EvidenceKind.Test
            ? _health.OnEvidence(region, _orchestrators[number], _now, good, _now)
            : _health.OnEvidence(region, [(_orchestrators[number], _now, good)], _now);
        if (!_health.Anomalies.IsEmpty) throw new BenchmarkException("An anomaly was seen, and every region is well.");
    }
}
