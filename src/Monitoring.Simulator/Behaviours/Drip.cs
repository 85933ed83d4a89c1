namespace Monitoring.Simulator;

/// <summary>Sends a body in small pieces instead of at once.</summary>
/// <param name="PieceBytes">Bytes of one piece; at least 1.</param>
/// <param name="Pause">The pause after each piece.</param>
public sealed record Drip(int PieceBytes, TimeSpan Pause);
