namespace Monitoring.Simulator;

/// <summary>Where a session stands when an info is made for one of its results.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Results">The results it had before.</param>
internal sealed record SessionStage(string Session, int Results);
