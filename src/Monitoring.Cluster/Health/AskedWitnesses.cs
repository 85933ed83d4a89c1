using Monitoring.Cluster.Wire;
using Monitoring.Core;

namespace Monitoring.Cluster.Health;

/// <summary>
/// What regions saw of others, for one turn of one decider. The checks lie with the grain of the regions' health, and the decider cannot wait:
/// so it runs, its questions are noted and asked, and it runs again with the answers. Until there is an answer, the region's word waits.
/// </summary>
internal sealed class AskedWitnesses(OrchestratorId id, IGrainFactory grains) : IRegionWitnesses
{
    // Each round can only ask further because an answer of the one before let it: two are what the rule needs.
    private const int MostRounds = 4;

    // Others were heard of, and nothing is known of them yet: whoever sees this waits.
    private static readonly RegionWitness NotKnownYet = new(0, 0, 1, false);
    private readonly Dictionary<WitnessQuestion, RegionWitness> _known = [];
    private readonly List<WitnessQuestion> _asked = [];
    private int _rounds;

    /// <inheritdoc />
    public RegionWitness WitnessOf(RegionId region, OrchestratorId except, DateTimeOffset since, DateTimeOffset until)
    {
        var question = new WitnessQuestion { Region = region, Since = since, Until = until };
        if (_known.TryGetValue(question, out var witness)) return witness;
        if (except == id && !_asked.Contains(question)) _asked.Add(question);
        return NotKnownYet;
    }

    /// <summary>Asks what was wanted to be known.</summary>
    /// <returns>True when something is known now that was not before, and the decider is to run again.</returns>
    public async Task<bool> AskAsync()
    {
        if (_asked.Count == 0 || ++_rounds > MostRounds) return false;
        var answers = await grains.GetGrain<IRegionHealthGrain>(0).Witnesses(id, [.. _asked]);
        for (var i = 0; i < answers.Length; i++) _known[_asked[i]] = answers[i];
        _asked.Clear();
        return true;
    }
}
