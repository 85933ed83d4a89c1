namespace Monitoring.Core;

/// <summary>
/// What else a region saw while an orchestrator did not answer it. A region whose own network fails sees everybody fail, and by one orchestrator
/// nobody can tell: so its word about one waits until it has heard of others.
/// </summary>
/// <param name="Answered">Other orchestrators that answered, by the latest check of each.</param>
/// <param name="Failed">Other orchestrators that did not, and had answered shortly before: whoever was down all along says nothing.</param>
/// <param name="Later">Other orchestrators of which it heard only after the last check of this one: they say how it is now, and not how it was then.</param>
/// <param name="ControlsWell">Its controls were asked since, and all was well.</param>
public readonly record struct RegionWitness(int Answered, int Failed, int Later, bool ControlsWell)
{
    /// <summary>Nobody else was heard of meanwhile.</summary>
    public bool IsEmpty => Answered + Failed == 0;

    /// <summary>More than so many tenths of the others ceased to answer too.</summary>
    public bool FailedMoreThan(int tenths) => Failed * 10 > tenths * (Answered + Failed);
}
