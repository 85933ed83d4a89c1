using Monitoring.Core;
using Monitoring.Livepeer;

namespace Monitoring.Standalone.Commands.Probe;

/// <summary>Prints each step of a test as it happens.</summary>
internal sealed class ProbeProgress(TextWriter to, int streams) : IStreamTestObserver
{
    private readonly Lock _gate = new();

    public void Discovered(int stream, DiscoveryAnswer answer) => Write(stream, answer.Session is null
        ? $"discovery: {answer.Outcome}"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"discovery: a session at {answer.Session.Transcoder} in {answer.Elapsed.TotalSeconds:0.000} s"));

    public void SegmentEnded(SegmentEvidence segment) => Write(segment.Stream, ProbeReport.Line(segment));

    private void Write(int stream, string line)
    {
        lock (_gate) to.WriteLine(streams > 1 ? $"stream {stream}, {line}" : line);
    }
}
