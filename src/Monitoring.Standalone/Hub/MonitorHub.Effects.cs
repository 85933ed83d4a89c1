using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <content>Events into the decider, effects out of it.</content>
internal sealed partial class MonitorHub
{
    private ImmutableArray<Effect> Apply(OrchestratorId id, Event e, DateTimeOffset? at = null)
    {
        if (!_states.TryGetValue(id, out var state)) return [];
        var now = at ?? _time.GetUtcNow();
        var step = Orchestrator.On(state, e, Env(now));
        _states[id] = step.State;
        Follow(state, step.State, now);
        foreach (var effect in step.Effects) Run(step.State, effect);
        return step.Effects;
    }

    private void Run(OrchestratorState state, Effect effect)
    {
        switch (effect)
        {
            case Effect.QueueTest queue:
                var (next, taken) = _queues[queue.Job.Region].Add(queue.Job);
                _queues[queue.Job.Region] = next;
                if (taken) _jobs[queue.Job.Id] = queue.Job.Orchestrator;
                else Apply(state.Id, new Event.TestDeferred(queue.Job.Id, OutcomeCode.QueueFull));
                break;
            case Effect.CancelTest cancel:
                Forget(cancel.Test, cancel.Region);
                break;
            case Effect.RecordOutcome record:
                Store(record.Revision);
                break;
            case Effect.PublishScore publish:
                _board.Set(state, publish.Region, publish.Cell);
                break;
            case Effect.PublishAvailability publish:
                _board.Set(state, publish.Region, publish.Availability);
                break;
            case Effect.CheckLiveness check:
                CheckNow(check.Region, check.Orchestrator);
                break;
            case Effect.OpenIncident { Notification: var owed }:
                _outgoing.Add(owed);
                break;
            case Effect.ChangeIncident { Notification: var owed }:
                _outgoing.Add(owed);
                break;
            case Effect.ResolveIncident { Notification: var owed }:
                _outgoing.Add(owed);
                break;
            case Effect.ArmDeadline arm:
                _deadlines.Arm(state.Id, arm.At);
                break;
        }
    }

    private void Forget(TestId test, RegionId region)
    {
        _jobs.Remove(test);
        if (_queues.TryGetValue(region, out var queue)) _queues[region] = queue.Remove(test);
    }

    private void Store(OutcomeRevision revision)
    {
        var key = (revision.Test, revision.Revision);
        if (_storing.ContainsKey(key)) return;
        _evidence.Remove(revision.Test, out var evidence);
        _storing[key] = StoreAsync(revision, evidence);
    }

    private async Task StoreAsync(OutcomeRevision revision, TestEvidence? evidence)
    {
        // Off the loop: many outcomes share one write to the disk.
        await Task.Yield();
        try
        {
            await _store.AppendAsync(revision, evidence, CancellationToken.None);
            Send(new Command.Stored(revision));
        }
        catch (Exception e)
        {
            Send(new Command.NotStored(revision, evidence, e));
            throw;
        }
    }

    // What may be spent is written down before anybody gets the job; where a cap is reached, or the disk refuses, the test does not start.
    private async Task<ImmutableArray<TestJob>> WithAllowanceAsync(Budget budget, ImmutableArray<TestJob> jobs, DateTimeOffset now)
    {
        var granted = ImmutableArray.CreateBuilder<TestJob>(jobs.Length);
        foreach (var job in jobs)
        {
            try
            {
                if (await budget.ReserveAsync(job, now, CancellationToken.None) is { } paid)
                {
                    granted.Add(paid);
                    continue;
                }
            }
            catch (StorageFullException e)
            {
                LogNotReserved(job.Id, e.Message);
            }

            Apply(job.Orchestrator, new Event.TestDeferred(job.Id, OutcomeCode.SpendCap));
        }

        return granted.ToImmutable();
    }

    private async Task TakeReportAsync(Command.Report report)
    {
        var result = report.Result;
        if (!_isEnrolled)
        {
            // A refusal is for good. What an earlier process measured must not be refused because this one does not know the set yet.
            report.Answer.TrySetException(new InvalidOperationException("the set of orchestrators is not known yet"));
            return;
        }

        Forget(result.Id, result.Region);
        if (Budget is not null) await Budget.SettleAsync(result.Id, result.Summary.Spend.Wei(), CancellationToken.None);
        if (!_states.TryGetValue(result.Orchestrator, out _))
        {
            report.Answer.TrySetResult(new ReportAnswer(false, "no such orchestrator is known"));
            return;
        }

        _evidence[result.Id] = result.Evidence;
        var effects = Apply(result.Orchestrator, new Event.ResultReported(result));

        // What a report becomes: the region's own cap makes it a test that was not run.
        var becomes = result.Outcome.Class == OutcomeClass.NotRun ? OutcomeRevision.NotRun : OutcomeRevision.Measured;

        // Reported again while the first write has failed and not been tried again yet: this is the moment.
        if (_states[result.Orchestrator].Owed.FirstOrDefault(o => o.Test == result.Id && o.Revision == becomes) is { } owed) Store(owed);
        _evidence.Remove(result.Id);
        if (effects.OfType<Effect.RefuseReport>().FirstOrDefault(r => r.Test == result.Id) is { } refused)
        {
            report.Answer.TrySetResult(new ReportAnswer(false, refused.Reason));
            return;
        }

        // A repeated report is answered like the first: when the result is durable, and whoever else must have it has it.
        var measured = effects.OfType<Effect.RecordOutcome>().FirstOrDefault(r => r.Revision.Test == result.Id && r.Revision.Revision == OutcomeRevision.Measured)?.Revision;
        var stored = _storing.GetValueOrDefault((result.Id, becomes), Task.CompletedTask);
        _ = AnswerAsync(stored, OnMeasured is null ? null : measured ?? Again(result), report.Answer);
        if (measured is not null) await LearnFromAsync(result);
    }

    private OutcomeRevision? Again(TestResult result)
    {
        var entry = _states[result.Orchestrator].CellOf(result.Region).Window.Find(result.Id, result.PlannedAt);
        return entry is null || entry.Revision < OutcomeRevision.Measured ? null : new OutcomeRevision
        {
            Test = result.Id,
            Revision = OutcomeRevision.Measured,
            Orchestrator = result.Orchestrator,
            Region = result.Region,
            TestTime = result.PlannedAt,
            RecordedAt = _time.GetUtcNow(),
            Outcome = new Outcome(entry.Code),
            Summary = result.Summary,
        };
    }

    private async Task AnswerAsync(Task stored, OutcomeRevision? measured, TaskCompletionSource<ReportAnswer> answer)
    {
        try
        {
            await stored;
            if (measured is not null && OnMeasured is { } tell) await tell(measured);
            answer.TrySetResult(new ReportAnswer(true, ""));
        }
        catch (Exception e)
        {
            answer.TrySetException(e);
        }
    }

    private void TakePost(Command.Post post)
    {
        var revision = post.Revision;
        if (_storeRetryAt is not null)
        {
            post.Answer.TrySetResult(PostAnswer.Unavailable);
            return;
        }

        if (revision.Summary?.Posted is { IsAi: true })
        {
            // AI results have no window here: they are stored, and read from the store.
            _ = AnswerWhenStoredAsync(_store.AppendAsync(revision, null, CancellationToken.None), post.Answer);
            return;
        }

        if (!_states.ContainsKey(revision.Orchestrator))
        {
            if (_states.Count(s => s.Value.Record is null) >= _options.MostPosted)
            {
                post.Answer.TrySetResult(PostAnswer.Unavailable);
                return;
            }

            _states[revision.Orchestrator] = OrchestratorState.New(revision.Orchestrator);
        }

        if (Apply(revision.Orchestrator, new Event.ResultPosted(revision)).Any(e => e is Effect.RefuseReport))
        {
            post.Answer.TrySetResult(PostAnswer.Refused);
            return;
        }

        _ = AnswerWhenStoredAsync(_storing.GetValueOrDefault((revision.Test, revision.Revision), Task.CompletedTask), post.Answer);
    }

    private static async Task AnswerWhenStoredAsync(Task stored, TaskCompletionSource<PostAnswer> answer)
    {
        try
        {
            await stored;
            answer.TrySetResult(PostAnswer.Stored);
        }
        catch (StorageFullException)
        {
            answer.TrySetResult(PostAnswer.Unavailable);
        }
        catch (Exception e)
        {
            answer.TrySetException(e);
        }
    }

    private async Task EnrolAsync(EnrolmentRule rule)
    {
        var now = _time.GetUtcNow();
        var remembered = _memory.ReadEnrolments().ToDictionary(e => e.Id);
        var records = rule.Records();
        var enrolled = records
            .Select(r => new RememberedEnrolment(r.Key, r.Value.ServiceUri, r.Value.Verified, remembered.GetValueOrDefault(r.Key) is { WithdrawnAt: null } before ? before.Since : now, null))
            .OrderBy(e => e.Id).ToList();
        var gone = remembered.Values.Where(e => e.WithdrawnAt is null && !records.ContainsKey(e.Id)).Select(e => e with { WithdrawnAt = now }).ToList();

        // Remembered before it is acted on: a crash in between is made up for at the next start.
        await _memory.RememberAsync(enrolled.Concat(gone), CancellationToken.None);
        await _schedule.ShareAsync(
            [.. enrolled.Select(e => (e.Id, (SlotShare?)records[e.Id].Share)), .. gone.Select(e => (e.Id, (SlotShare?)null))], CancellationToken.None);

        foreach (var enrolment in enrolled)
        {
            var id = enrolment.Id;
            if (!_states.TryGetValue(id, out var state)) _states[id] = state = OrchestratorState.New(id);
            if (!state.Active)
            {
                // At the instant that was remembered: who is new must not look, after the write, as if an earlier process had leased its tests.
                Apply(id, new Event.Enrolled(records[id], enrolment.Since), now);
                LogEnrolled(id, enrolment.ServiceUri);
            }
            else
            {
                Apply(id, new Event.RecordChanged(records[id]));
            }

            _board.Describe(_states[id]);
        }

        foreach (var left in gone)
        {
            Apply(left.Id, new Event.Withdrawn(now));
            if (_states.TryGetValue(left.Id, out var state)) _board.Describe(state);
            LogWithdrawn(left.Id);
        }

        foreach (var old in remembered.Values.Where(e => e.WithdrawnAt < now - _options.Replay - TimeSpan.FromDays(10) && !records.ContainsKey(e.Id)))
        {
            await _memory.ForgetAsync(old.Id, CancellationToken.None);
            await _schedule.ForgetAsync(old.Id, CancellationToken.None);
            await _availability.ForgetAsync(old.Id);
            _states.Remove(old.Id);
        }

        Volatile.Write(ref _enrolled, enrolled.Count);
        _isEnrolled = true;
        ListTargets();
    }

    private async Task LearnFromAsync(TestResult result)
    {
        var now = _time.GetUtcNow();
        if (result.Outcome.Counts)
        {
            await LearnAsync(_health.OnEvidence(result.Region, result.Orchestrator, result.PlannedAt, result.Outcome.Class == OutcomeClass.Success, now));
        }

        if (result.Outcome.Code != OutcomeCode.BadInputClaimed) return;
        var endpoint = _states[result.Orchestrator].Record?.Share.Endpoint ?? result.Summary.ServiceUri;
        (_refusals, var ours) = _refusals.On(new ClipRefusals.Refusal(
            result.Id, result.Orchestrator, result.Region, result.PlannedAt, result.Summary.Method, endpoint));
        foreach (var refusal in ours)
        {
            Apply(refusal.Orchestrator, new Event.ResultReclassified(
                refusal.Test, refusal.Region, refusal.TestTime, new Outcome(OutcomeCode.OurClip, $"{ours.Length} tests of the day ended with the clip refused")));
        }
    }

    /// <summary>Takes over what is known of the regions' health, and judges again what an anomaly makes void.</summary>
    private async Task LearnAsync(RegionHealth next)
    {
        var before = _health.Anomalies;
        _health = next;
        if (before == next.Anomalies) return;
        await _memory.RememberAsync(before, next.Anomalies, CancellationToken.None);
        foreach (var span in next.Anomalies.Where(a => !before.Contains(a)))
        {
            if (span.Until is { } until) LogAnomalyOver(span.Region, until);
            else LogAnomaly(span.Region, span.From, span.Reason);
            foreach (var state in _states.Values.ToList())
            {
                foreach (var entry in state.CellOf(span.Region).Window.Entries)
                {
                    if (!span.Covers(entry.TestTime) || entry.Revision < OutcomeRevision.Measured || entry.Class == OutcomeClass.Void) continue;
                    Apply(state.Id, new Event.ResultReclassified(entry.Test, span.Region, entry.TestTime, new Outcome(OutcomeCode.RegionAnomaly, span.Reason)));
                }
            }
        }
    }
}
