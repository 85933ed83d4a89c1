namespace Monitoring.Core;

/// <summary>
/// An orchestrator's part in the slot sequence of its endpoint. Two addresses behind one host:port share one sequence, so that they are
/// never tested at once and gain nothing by being two.
/// </summary>
/// <param name="Endpoint">The endpoint, <c>host:port</c> in lower case: the sequence is drawn for it.</param>
/// <param name="Index">This orchestrator among those behind the endpoint in order of address, from 0.</param>
/// <param name="Count">How many there are, 1 and up.</param>
public readonly record struct SlotShare(string Endpoint, int Index, int Count);
