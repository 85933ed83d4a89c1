using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>Makes the renditions of one segment, one for each profile and in that order.</summary>
internal interface ITranscoder
{
    /// <exception cref="TranscodingException">It cannot be done; the message is what the result says.</exception>
    Task<ImmutableArray<ReadOnlyMemory<byte>>> TranscodeAsync(
        ReadOnlyMemory<byte> segment, long seq, IReadOnlyList<VideoProfile> profiles, CancellationToken cancellation);
}

/// <summary>A segment cannot be transcoded; the message is the orchestrator's text for it.</summary>
internal sealed class TranscodingException(string message) : Exception(message);
