namespace Monitoring.Core;

/// <summary>
/// Tells a broken clip from an orchestrator that blames it. "Bad input" is the orchestrator's fault unless others, behind other endpoints,
/// refused the same clip on the same day; then all of that day's refusals are ours.
/// </summary>
public sealed class ClipRefusals
{
    private readonly ImmutableDictionary<(DateOnly Day, string Method), ImmutableDictionary<TestId, Refusal>> _refusals;

    private ClipRefusals(ImmutableDictionary<(DateOnly, string), ImmutableDictionary<TestId, Refusal>> refusals) => _refusals = refusals;

    /// <summary>So many endpoints must have refused the clip.</summary>
    public const int Quorum = 3;

    /// <summary>Nobody refused anything.</summary>
    public static ClipRefusals None { get; } = new(ImmutableDictionary<(DateOnly, string), ImmutableDictionary<TestId, Refusal>>.Empty);

    /// <summary>A test ended with <see cref="OutcomeCode.BadInputClaimed"/>.</summary>
    /// <returns>What is known now, and the refusals that have turned out to be ours: none until the quorum is reached.</returns>
    public (ClipRefusals Next, ImmutableArray<Refusal> Ours) On(Refusal refusal)
    {
        var key = (DateOnly.FromDateTime(refusal.TestTime.UtcDateTime), refusal.Method);
        var same = _refusals.GetValueOrDefault(key, ImmutableDictionary<TestId, Refusal>.Empty).SetItem(refusal.Test, refusal);
        var next = _refusals.SetItem(key, same).RemoveRange(_refusals.Keys.Where(k => k.Day < key.Item1.AddDays(-2)));
        var ours = same.Values.Select(r => r.Endpoint).Distinct().Count() >= Quorum ? same.Values.OrderBy(r => r.Test).ToImmutableArray() : [];
        return (new ClipRefusals(next), ours);
    }

    /// <summary>One refusal of the clip.</summary>
    /// <param name="Test">The test.</param>
    /// <param name="Orchestrator">Who refused.</param>
    /// <param name="Region">From where it was tested.</param>
    /// <param name="TestTime">When.</param>
    /// <param name="Method">Which clip, by the test's method.</param>
    /// <param name="Endpoint">Behind which endpoint.</param>
    public sealed record Refusal(TestId Test, OrchestratorId Orchestrator, RegionId Region, DateTimeOffset TestTime, string Method, string Endpoint);
}
