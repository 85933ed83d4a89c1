namespace Monitoring.Cluster.Schedule;

/// <summary>Keeps the master secret of the schedule, drawn once for the life of the cluster. Key 0.</summary>
[Alias("monitoring.schedule")]
internal interface IScheduleGrain : IGrainWithIntegerKey
{
    /// <summary>The master secret, 32 bytes. For hub silos alone.</summary>
    [Alias("Master")]
    [ResponseTimeout("00:00:10")]
    Task<byte[]> Master();
}
