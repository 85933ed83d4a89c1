using System.Net;

namespace Monitoring.Simulator;

/// <summary>What all nodes of a fleet share.</summary>
internal sealed record FleetContext(TimeProvider Clock, ITranscoder Transcoder, bool Tls, ImmutableArray<byte>? AuthTokenSecret, OnChainOptions? OnChain, IPAddress Address);
