namespace Monitoring.Cluster.Regions;

/// <summary>
/// Says which silo of a region tests: the one that this grain lives on. Its key is the region's code and a number, <c>FRA/0</c>. A second silo
/// of the region stands by, and takes over when the first one is given up.
/// </summary>
[Alias("monitoring.region-prober")]
internal interface IRegionProberGrain : IGrainWithStringKey
{
    /// <summary>The address of the silo that the grain lives on, in Orleans' parsable form.</summary>
    [Alias("Where")]
    Task<string> Where();
}
