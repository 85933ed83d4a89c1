using System.Globalization;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Money;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.State;
using Monitoring.Cluster.Status;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage;

namespace Monitoring.Cluster.Orchestrators;

/// <summary>
/// The decider's shell. Every method is: an event, <see cref="Orchestrator.On"/>, store the outcomes, persist, run the other effects, answer.
/// It holds no rule. What is cut short anywhere is repaired by the next tick: of the timer, or at the latest of the reminder.
/// </summary>
[HubOnly]
[GrainType("orchestrator")]
internal sealed partial class OrchestratorGrain(
    [PersistentState(StateNames.Orchestrator, StateNames.Storage)] IPersistentState<OrchestratorDocument> kept,
    HubRules rules,
    SiloPlans plans,
    SiloHealth health,
    StoreGate store,
    SiloSeal seals,
    FoldedOutcomes foldedOutcomes,
    TimeProvider time,
    ILogger<OrchestratorGrain> log) : Grain, IOrchestratorGrain, IRemindable
{
    private const string Reminder = "tick";
    private OrchestratorState _state = null!;
    private IGrainTimer? _timer;
    private long _rowVersion;
    private OrchestratorStanding? _shown;
    private AvailabilityState? _keptAvailability;
    private DateTimeOffset _keepChecksAt;

    private OrchestratorId Id => _state.Id;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = kept.State.State ?? OrchestratorState.New(OrchestratorId.Parse(this.GetPrimaryKeyString()));
        _keptAvailability = _state.Availability;
        _keepChecksAt = time.GetUtcNow() + rules.KeepChecksEvery;
        await plans.LoadAsync();
        if (kept.RecordExists && kept.State.Schema != OrchestratorDocument.Current) await FoldAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // The checks since the last write: not worth a write each, and worth one before they are forgotten.
        if (!kept.RecordExists || ReferenceEquals(_state.Availability, _keptAvailability)) return;
        try
        {
            kept.State = kept.State with { Schema = OrchestratorDocument.Current, State = _state };
            await kept.WriteStateAsync(cancellationToken);
        }
        catch (Exception e)
        {
            LogEffectFailed(Id, "written down as it left memory", e.Message);
        }
    }

    public async Task Enrol(OrchestratorRecord record, DateTimeOffset since)
    {
        if (!kept.RecordExists) await FoldAsync(CancellationToken.None);
        var e = _state.Active ? (Event)new Event.RecordChanged(record) : new Event.Enrolled(record, since);
        await HandleAsync([e], document => document with { Since = document.Since ?? since });
        await RemindAsync();
        await ShowAsync();
    }

    public async Task Withdraw(DateTimeOffset at)
    {
        await HandleAsync([new Event.Withdrawn(at)], document => document with { Since = null });
        await ShowAsync();
    }

    public async Task<bool> TakeLease(TestId test)
    {
        // As silos come and go two queues of one region may live for a moment, each with the job.
        if (IsLeased(test)) return false;
        await HandleAsync([new Event.TestLeased(test)]);
        return IsLeased(test);
    }

    public Task Defer(TestId test, string reason) =>
        HandleAsync([new Event.TestDeferred(test, Enum.TryParse<OutcomeCode>(reason, out var code) ? code : OutcomeCode.NoReport)]);

    public async Task<ReportAnswer> Report(TestResult result)
    {
        // A refusal is for good, so it is never said by one who does not know yet whether it is enrolled.
        if (_state.Record is null && _state.WithdrawnAt is null && await RegistryKnowsAsync())
        {
            throw new InvalidOperationException($"{Id} has not been told yet that it is enrolled; report {result.Id} again.");
        }

        // Whoever reports is another process, which may lie, within what is possible, about what it was leased.
        if ((await seals.LoadAsync()).Open(result) is not { } lease) return await LieAsync(result, "it was never leased to this region");
        if (ReportRule.Impossible(result, lease, time.GetUtcNow()) is { } impossible) return await LieAsync(result, impossible);
        if (rules.Method is { } method && result.Outcome.Counts && result.Summary.Method != method)
            return new ReportAnswer(false, Outcome.Clean($"it was measured as {result.Summary.Method}, and {method} is measured here: set Tests:Segments and Tests:Streams of the region as the hub has them"));

        var effects = await HandleAsync([new Event.ResultReported(result)], evidence: result.Evidence);
        await TryAsync("taken out of the queue", () => QueueOf(result.Region).Done(result.Id));
        if (rules.Caps is not null) await TryAsync("settled", () => GrainFactory.GetGrain<IBudgetGrain>(0).Settle(result.Id, result.Summary.Spend.Wei().ToString(CultureInfo.InvariantCulture)));
        if (effects.OfType<Effect.RefuseReport>().FirstOrDefault(r => r.Test == result.Id) is { } refused) return new ReportAnswer(false, refused.Reason);
        var isNew = effects.OfType<Effect.RecordOutcome>().Any(r => r.Revision.Test == result.Id && r.Revision.Revision == OutcomeRevision.Measured);
        if (isNew) await TryAsync("told the regions' health", () => LearnAsync(result));
        return new ReportAnswer(true, "");
    }

    public async Task<bool> Post(OutcomeRevision revision)
    {
        if (!kept.RecordExists && !await GrainFactory.GetGrain<IRegistryGrain>(0).NotePosted(Id))
        {
            throw new InvalidOperationException("As many orchestrators as may be are known from posted results alone.");
        }

        return !(await HandleAsync([new Event.ResultPosted(revision)])).Any(e => e is Effect.RefuseReport);
    }

    public Task Reclassify(TestId test, RegionId region, DateTimeOffset testTime, Outcome outcome) =>
        HandleAsync([new Event.ResultReclassified(test, region, testTime, outcome)]);

    public Task Checked(RegionId region, ImmutableArray<LivenessCheckWire> checks, RegionHealthView regions)
    {
        health.Learn(regions);
        return HandleAsync([new Event.LivenessChecked(region, [.. checks.Select(c => c.To())])]);
    }

    public Task Look(RegionHealthView regions)
    {
        health.Learn(regions);
        return HandleAsync([new Event.Ticked()]);
    }

    public Task Tick() => HandleAsync([new Event.Ticked()]);

    public Task<ShownOrchestrator> Shown() => Task.FromResult(new ShownOrchestrator { Row = LeaderboardRow.Of(_state), Standing = OrchestratorStanding.Of(_state) });

    public Task<LeaderboardRow?> Row() => Task.FromResult(LeaderboardRow.Of(_state));

    public async Task<int> Rebuild()
    {
        var folded = await FoldAsync(CancellationToken.None);
        await HandleAsync([new Event.Ticked()]);
        return folded;
    }

    async Task IRemindable.ReceiveReminder(string reminderName, TickStatus status)
    {
        await HandleAsync([new Event.Ticked()]);
        if (_state.Active || !_state.Open.IsEmpty || !_state.Owed.IsEmpty || _state.Cells.Any(c => c.Published is not null)) return;

        // Nothing is planned, owed or shown any more.
        if (await this.GetReminder(Reminder) is { } reminder) await this.UnregisterReminder(reminder);
        await this.KeepAsync(kept, kept.State with { ReminderSeconds = 0, State = _state });
    }

    private async Task<List<Effect>> HandleAsync(ImmutableArray<Event> events, Func<OrchestratorDocument, OrchestratorDocument>? change = null, TestEvidence? evidence = null)
    {
        var seen = await health.ViewAsync(time.GetUtcNow());
        var witnesses = new AskedWitnesses(Id, GrainFactory);
        Env Now() => new(time.GetUtcNow(), rules.Policy, seen.Regions, plans.PlanOf) { NetworkFails = seen.NetworkFails, Liveness = witnesses };
        var effects = new List<Effect>();
        OrchestratorState state;
        do
        {
            effects.Clear();
            state = events.Aggregate(_state, (before, e) => Decide(before, e, Now(), effects));
        }
        while (await KnowsMoreAsync(witnesses));
        var isWaitedFor = events.Any(e => e is Event.ResultReported or Event.ResultPosted);

        // Outcomes are stored before the state says that they are: a state that is lost then asks for them again, and the store has each once.
        var isStored = true;
        for (var i = 0; i < effects.Count; i++)
        {
            if (effects[i] is not Effect.RecordOutcome record) continue;
            try
            {
                await store.AppendAsync(record.Revision, record.Revision.Revision == OutcomeRevision.Measured ? evidence : null);
            }
            catch (Exception why) when (!isWaitedFor)
            {
                LogNotStored(record.Revision.Test, why.Message);
                isStored = false;
                continue;
            }

            state = Decide(state, new Event.OutcomeStored(record.Revision.Test, record.Revision.Revision), Now(), effects);
        }

        var document = change?.Invoke(kept.State) ?? kept.State;
        var now = time.GetUtcNow();
        var areChecksDue = !ReferenceEquals(state.Availability, _keptAvailability) && now >= _keepChecksAt;
        if (document != kept.State || areChecksDue || Durability.Demands(_state, state))
        {
            await this.KeepAsync(kept, document with { Schema = OrchestratorDocument.Current, State = state });
            (_keptAvailability, _keepChecksAt) = (state.Availability, now + rules.KeepChecksEvery);
        }

        _state = state;
        await RunAsync(effects);
        if (!isStored) Arm(time.GetUtcNow() + rules.RetryAfter);
        return effects;
    }

    private bool IsLeased(TestId test) => _state.Open.Any(o => o.Job.Id == test && o.Leased);

    private async Task<bool> KnowsMoreAsync(AskedWitnesses witnesses)
    {
        try
        {
            return await witnesses.AskAsync();
        }
        catch (Exception e)
        {
            LogEffectFailed(Id, "judged by what else the regions saw", e.Message);
            return false;
        }
    }

    private static OrchestratorState Decide(OrchestratorState state, Event e, in Env env, List<Effect> effects)
    {
        var step = Orchestrator.On(state, e, env);
        effects.AddRange(step.Effects);
        return step.State;
    }

    /// <summary>Folds what is stored into the windows, in place of what they hold.</summary>
    private async Task<int> FoldAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var regions = (await health.ViewAsync(now)).Regions;
        var state = _state with { Cells = [], Owed = [] };
        var folded = 0;
        var query = new ResultQuery { From = now - rules.Replay, Until = DateTimeOffset.MaxValue, Orchestrator = Id, LastOnly = true };
        await foreach (var revision in store.ReadAsync(query, cancellationToken))
        {
            if (revision.Summary?.Posted is { IsAi: true }) continue;
            state = Orchestrator.On(state, new Event.OutcomeReplayed(revision), new Env(now, rules.Policy, regions, plans.PlanOf)).State;
            folded++;
        }

        // What was decided and never stored is still owed.
        foreach (var owed in _state.Owed) state = state with { Owed = state.Owed.Add(owed) };
        _state = state;
        foldedOutcomes.Add(folded);
        LogRebuilt(Id, folded);
        return folded;
    }

    private async Task RemindAsync()
    {
        var period = rules.ReminderPeriod;
        if (kept.State.ReminderSeconds.Equals(period.TotalSeconds) && await this.GetReminder(Reminder) is not null) return;
        await this.RegisterOrUpdateReminder(Reminder, plans.PhaseOf(Id, period), period);
        if (!kept.State.ReminderSeconds.Equals(period.TotalSeconds)) await this.KeepAsync(kept, kept.State with { ReminderSeconds = period.TotalSeconds });
    }

    [LoggerMessage(2001, LogLevel.Error, "The outcome of {Test} could not be stored and is tried again: {Why}")]
    private partial void LogNotStored(TestId test, string why);

    [LoggerMessage(2002, LogLevel.Information, "{Orchestrator} is made again from {Folded} stored outcomes")]
    private partial void LogRebuilt(OrchestratorId orchestrator, int folded);

    [LoggerMessage(2003, LogLevel.Warning, "{Orchestrator} could not be {What}; its next tick makes up for it: {Why}")]
    private partial void LogEffectFailed(OrchestratorId orchestrator, string what, string why);
}
