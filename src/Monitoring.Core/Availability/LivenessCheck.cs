namespace Monitoring.Core;

/// <summary>One liveness check: a free, signed discovery call from one region to one orchestrator.</summary>
/// <param name="Orchestrator">Who was asked.</param>
/// <param name="At">When it was asked, UTC. With region and orchestrator it names the check: the same one reported twice counts once.</param>
/// <param name="Alive">True when any well-formed gRPC answer came, an error included.</param>
/// <param name="Code">What came: <see cref="OutcomeCode.Completed"/> with a session, else why there is none.</param>
public readonly record struct LivenessCheck(OrchestratorId Orchestrator, DateTimeOffset At, bool Alive, OutcomeCode Code);
