namespace Monitoring.Core;

/// <summary>One test of the day's plan.</summary>
/// <param name="Id">The test's id.</param>
/// <param name="Orchestrator">Who is tested.</param>
/// <param name="Region">From where.</param>
/// <param name="At">The instant it should start, UTC.</param>
/// <param name="Surprise">True for the one in eight that keeps to no slot.</param>
public sealed record PlannedTest(TestId Id, OrchestratorId Orchestrator, RegionId Region, DateTimeOffset At, bool Surprise);
