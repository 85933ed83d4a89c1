namespace Monitoring.Simulator;

/// <summary>A request that makes a real orchestrator's handler panic (protocol section 3.8, must-send fields): the stream breaks off.</summary>
internal sealed class HandlerPanicException(string message) : Exception(message);
