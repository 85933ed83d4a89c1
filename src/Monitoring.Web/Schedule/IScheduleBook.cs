namespace Monitoring.Web;

/// <summary>What the API needs of its host: what may be told of the days' plans.</summary>
public interface IScheduleBook
{
    /// <summary>
    /// What may be told of a day now: the commitment to its secret from the day before on, and everything once the day is over.
    /// </summary>
    /// <returns>Null for a day that nothing was planned on, or that lies further ahead than tomorrow.</returns>
    PublishedDay? Find(DateOnly day);
}
