namespace Monitoring.Core.Tests;

/// <summary>
/// What was truly planned: which record ruled when. A change rules from the instant up to which tests had been planned before. The same
/// round is never planned twice, whatever the second plan draws.
/// </summary>
internal sealed class PlanLedger(OrchestratorId id, PlanOf planOf)
{
    private readonly List<(DateTimeOffset From, DateTimeOffset Until, OrchestratorRecord Record)> _reigns = [];

    /// <summary>From when the record that rules now does so.</summary>
    public DateTimeOffset Since => _reigns[^1].From;

    public void Begin(DateTimeOffset from, OrchestratorRecord record) => _reigns.Add((from, DateTimeOffset.MaxValue, record));

    public void End(DateTimeOffset until)
    {
        if (_reigns.Count > 0 && _reigns[^1].Until == DateTimeOffset.MaxValue) _reigns[^1] = _reigns[^1] with { Until = until };
    }

    /// <summary>Tests due after one instant and up to another.</summary>
    public IEnumerable<PlannedTest> Due(DateTimeOffset after, DateTimeOffset until)
    {
        foreach (var (from, end, record) in _reigns)
        {
            var first = after > from ? after : from;
            var last = until < end ? until : end;
            for (var day = DateOnly.FromDateTime(first.UtcDateTime); first <= last && day <= DateOnly.FromDateTime(last.UtcDateTime); day = day.AddDays(1))
            {
                foreach (var test in planOf(id, record, day))
                {
                    if (test.At > after && test.At <= until && test.At >= from && test.At < end) yield return test;
                }
            }
        }
    }

    public bool IsPlanned(TestId test, DateTimeOffset at, RegionId region) => Due(at.AddTicks(-1), at).Any(t => t.Id == test && t.Region == region);
}
