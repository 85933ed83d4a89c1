using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;

namespace Monitoring.Standalone.Sources;

/// <summary>
/// Reads the source again and again, lets the enrolment rule judge what it says, and passes on what changed. Whatever fails, the set that
/// was believed last stays in force.
/// </summary>
internal sealed partial class Registry
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    private readonly IOrchestratorSource _source;
    private readonly IEnrolment _enrolment;
    private readonly ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>> _maintenance;
    private readonly TimeSpan _refresh;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private EnrolmentRule _rule;
    private ImmutableDictionary<OrchestratorId, OrchestratorRecord>? _applied;
    private bool _doubted;

    /// <param name="source">The source.</param>
    /// <param name="enrolment">Gets what changed; at first also the remembered set, if any.</param>
    /// <param name="maintenance">Announced maintenance, laid over what the source says.</param>
    /// <param name="remembered">The set of the process before; without effect where the list is the operator's own.</param>
    /// <param name="refresh">How often the source is read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where changes and failures go.</param>
    public Registry(
        IOrchestratorSource source,
        IEnrolment enrolment,
        ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>> maintenance,
        IEnumerable<RegistryEntry> remembered,
        TimeSpan refresh,
        TimeProvider time,
        ILogger<Registry> log)
    {
        _source = source;
        _enrolment = enrolment;
        _maintenance = maintenance;
        _refresh = refresh;
        _time = time;
        _log = log;
        _rule = EnrolmentRule.From(source.IsOwn ? [] : remembered.Select(WithMaintenance));
    }

    /// <summary>The set in force.</summary>
    public ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled => Volatile.Read(ref _rule).Active;

    /// <summary>Reads and passes on until asked to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            if (!_rule.Active.IsEmpty) await ApplyAsync(_rule, stop);
            while (true)
            {
                var read = await WalkAsync(stop);
                await Task.Delay(read || _applied is not null || _refresh < FirstRetry ? _refresh : FirstRetry, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Reads the source once.</summary>
    /// <returns>False when it could not be read, or what it says could not be applied.</returns>
    public async Task<bool> WalkAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RegistryEntry> walk;
        try
        {
            walk = await _source.ReadAsync(cancellationToken);
        }
        catch (SourceException e)
        {
            LogUnread(_rule.Active.Count, e.Message);
            return false;
        }

        var before = _source.IsOwn ? EnrolmentRule.From([]) : _rule;
        Volatile.Write(ref _rule, before.OnWalk(walk.Select(WithMaintenance), _time.GetUtcNow()));
        var doubted = !_source.IsOwn && !SameIds(_rule.Active, walk);
        if (doubted && !_doubted) LogDoubted(walk.Count, _rule.Active.Count, EnrolmentRule.ConfirmAfter);
        _doubted = doubted;
        return await ApplyAsync(_rule, cancellationToken);
    }

    private async Task<bool> ApplyAsync(EnrolmentRule rule, CancellationToken cancellationToken)
    {
        var records = rule.Records();
        if (_applied is not null && records.Count == _applied.Count && records.All(r => _applied.TryGetValue(r.Key, out var there) && there == r.Value)) return true;
        try
        {
            await _enrolment.ApplyAsync(rule, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotApplied(e);
            return false;
        }

        LogApplied(records.Count, _applied?.Count ?? 0);
        _applied = records;
        return true;
    }

    private RegistryEntry WithMaintenance(RegistryEntry entry) =>
        _maintenance.TryGetValue(entry.Id, out var windows) ? entry with { Maintenance = windows } : entry;

    private static bool SameIds(ImmutableDictionary<OrchestratorId, RegistryEntry> active, IReadOnlyList<RegistryEntry> walk)
    {
        var ids = walk.Select(e => e.Id).ToHashSet();
        return ids.Count == active.Count && walk.All(e => active.TryGetValue(e.Id, out var there) && there.ServiceUri == e.ServiceUri);
    }

    [LoggerMessage(2001, LogLevel.Warning, "The source of orchestrators could not be read; the {Count} known before stay: {Why}")]
    private partial void LogUnread(int count, string why);

    [LoggerMessage(2002, LogLevel.Warning,
        "The source lists {Listed} orchestrators, which differs from the {Active} in force by more than a fifth: it is believed when it says so again after {After}")]
    private partial void LogDoubted(int listed, int active, TimeSpan after);

    [LoggerMessage(2003, LogLevel.Information, "{Count} orchestrators are enrolled (before: {Before})")]
    private partial void LogApplied(int count, int before);

    [LoggerMessage(2004, LogLevel.Error, "The set of orchestrators could not be taken over and is tried again")]
    private partial void LogNotApplied(Exception e);
}
