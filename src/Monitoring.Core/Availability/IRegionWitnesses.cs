namespace Monitoring.Core;

/// <summary>Says what a region saw of others while one orchestrator did not answer it. <see cref="RegionHealth"/> does, by the checks that it learnt.</summary>
public interface IRegionWitnesses
{
    /// <summary>What the region saw.</summary>
    /// <param name="region">The region.</param>
    /// <param name="except">The one, who is not counted.</param>
    /// <param name="since">The first check that he did not answer, UTC.</param>
    /// <param name="until">The last, UTC.</param>
    RegionWitness WitnessOf(RegionId region, OrchestratorId except, DateTimeOffset since, DateTimeOffset until);
}
