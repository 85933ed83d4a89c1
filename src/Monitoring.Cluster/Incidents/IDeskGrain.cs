using Monitoring.Web;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Incidents;

/// <summary>Knows which hub tells of incidents, so that whichever hub is asked about alerts can ask that one. Key 0.</summary>
[Alias("monitoring.desk")]
internal interface IDeskGrain : IGrainWithIntegerKey
{
    /// <summary>This one tells from now on. Said again and again, for it is kept in memory alone.</summary>
    [Alias("Open")]
    [ResponseTimeout("00:00:05")]
    Task Open(IDesk desk);

    /// <summary>Who tells; null where nobody has said so yet. It may have ended since.</summary>
    [Alias("Where")]
    [ResponseTimeout("00:00:05")]
    Task<IDesk?> Where();
}

/// <summary>The hub that tells of incidents, as the other hubs see it.</summary>
[Alias("monitoring.desk-here")]
internal interface IDesk : IGrainObserver
{
    /// <summary>What is asked of alerting. A question that waits for a stranger's server holds up no other.</summary>
    /// <returns>Null when this hub does not tell any more, or does not know the question.</returns>
    [Alias("Ask")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:20")]
    Task<DeskAnswer?> Ask(DeskQuestion question);
}

/// <summary>An <see cref="AlertQuestion"/> between hubs.</summary>
[GenerateSerializer]
[Alias("monitoring.desk-question")]
[Immutable]
internal sealed class DeskQuestion
{
    /// <summary>The name of the <see cref="AlertSubject"/>.</summary>
    [Id(0)]
    public required string Subject { get; init; }

    [Id(1)]
    public required byte[] Body { get; init; }

    public static DeskQuestion Of(AlertQuestion question) => new() { Subject = question.Subject.ToString(), Body = question.Body.ToArray() };

    /// <returns>Null for a question that only a later version knows.</returns>
    public AlertQuestion? To() => Enum.TryParse<AlertSubject>(Subject, out var subject) && Enum.IsDefined(subject) ? new AlertQuestion(subject, Body) : null;
}

/// <summary>An <see cref="AlertAnswer"/> between hubs.</summary>
[GenerateSerializer]
[Alias("monitoring.desk-answer")]
[Immutable]
internal sealed class DeskAnswer
{
    [Id(0)]
    public required int Status { get; init; }

    [Id(1)]
    public required byte[] Body { get; init; }

    public static DeskAnswer Of(AlertAnswer answer) => new() { Status = answer.Status, Body = answer.Body.ToArray() };

    public AlertAnswer To() => new(Status, Body);
}
