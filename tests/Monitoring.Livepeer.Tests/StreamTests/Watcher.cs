using System.Collections.Concurrent;
using Monitoring.Core;

namespace Monitoring.Livepeer.Tests;

/// <summary>Watches a test and tells whoever asks.</summary>
internal sealed class Watcher(Action<SegmentEvidence>? ended = null) : IStreamTestObserver
{
    public ConcurrentQueue<DiscoveryAnswer> Discoveries { get; } = new();

    public ConcurrentQueue<SegmentEvidence> Segments { get; } = new();

    public void Discovered(int stream, DiscoveryAnswer answer) => Discoveries.Enqueue(answer);

    public void SegmentEnded(SegmentEvidence segment)
    {
        Segments.Enqueue(segment);
        ended?.Invoke(segment);
    }
}
