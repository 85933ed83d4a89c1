using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// Watches a test while it runs, for whoever prints it live. Calls come from any thread, several at a time; they must not throw or block.
/// </summary>
public interface IStreamTestObserver
{
    /// <summary>Discovery of a stream ended.</summary>
    /// <param name="stream">The stream, from 0.</param>
    /// <param name="answer">What it found.</param>
    void Discovered(int stream, DiscoveryAnswer answer);

    /// <summary>It is known what became of a segment that was due.</summary>
    /// <param name="segment">What was seen.</param>
    void SegmentEnded(SegmentEvidence segment);
}
