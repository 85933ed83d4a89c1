using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>The video that a stream test sends, cut into segments, all measured and hashed once. Immutable and shared by all tests.</summary>
public sealed class Clip
{
    private static readonly Lazy<Clip> EmbeddedClip = new(() => LoadEmbedded("clip1"));

    private Clip(string name, ImmutableArray<ClipSegment> segments)
    {
        Name = name;
        Segments = segments;
    }

    /// <summary>The clip inside this library: 15 segments of 2 s, 1280x720 at 30 frames per second.</summary>
    /// <exception cref="InvalidDataException">The build lacks the clip, or a segment of it is broken.</exception>
    public static Clip Embedded => EmbeddedClip.Value;

    /// <summary>The clip's version, which is part of the test method: <c>clip1</c>.</summary>
    public string Name { get; }

    /// <summary>The segments in order.</summary>
    public ImmutableArray<ClipSegment> Segments { get; }

    /// <summary>Duration of all segments.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Segments.Sum(segment => segment.Duration.Ticks));

    /// <summary>The first segments of the clip, for a shorter test.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one or more than the clip has.</exception>
    public Clip Take(int segments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segments, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(segments, Segments.Length);
        return segments == Segments.Length ? this : new Clip(Name, Segments[..segments]);
    }

    /// <summary>Makes a clip of segments in order, each a whole MPEG transport stream with H.264 video.</summary>
    /// <param name="name">The clip's version; it becomes part of the test method.</param>
    /// <param name="segments">The bytes of each segment.</param>
    /// <exception cref="InvalidDataException">There is none, one cannot be read or has no duration, or two are equal.</exception>
    public static Clip FromSegments(string name, IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        var read = segments.Select((bytes, seq) => Read(name, seq, bytes)).ToImmutableArray();
        if (read.Length == 0) throw new InvalidDataException($"Clip {name} has no segments.");
        var different = read.Select(segment => Convert.ToHexString(segment.Sha256.AsSpan())).Distinct(StringComparer.Ordinal).Count();
        if (different != read.Length)
            throw new InvalidDataException($"Clip {name} has equal segments: an orchestrator could answer one with another's renditions.");
        return new Clip(name, read);
    }

    private static ClipSegment Read(string name, int seq, ReadOnlyMemory<byte> bytes)
    {
        var reading = TransportStreamReader.Measure(bytes.Span);
        if (reading.Track is not { } video) throw new InvalidDataException($"Segment {seq} of clip {name} cannot be read: {reading.Reason}.");
        if (video.Duration <= TimeSpan.Zero)
            throw new InvalidDataException($"Segment {seq} of clip {name} has no duration: two presentation times are needed.");
        return new ClipSegment(
            seq, bytes, video, ImmutableCollectionsMarshal.AsImmutableArray(SHA256.HashData(bytes.Span)), [.. Keccak256.Hash(bytes.Span)]);
    }

    private static Clip LoadEmbedded(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var segments = new List<ReadOnlyMemory<byte>>();
        while (assembly.GetManifestResourceStream(ResourceName(name, segments.Count)) is { } resource)
        {
            using (resource)
            {
                var bytes = new byte[resource.Length];
                resource.ReadExactly(bytes);
                segments.Add(bytes);
            }
        }

        if (segments.Count == 0)
        {
            throw new InvalidDataException(
                $"This build holds no test clip: {name}-00.ts and so on belong in src/Monitoring.Livepeer/Clip when it is built.");
        }

        return FromSegments(name, segments);
    }

    private static string ResourceName(string name, int seq) => string.Create(CultureInfo.InvariantCulture, $"Monitoring.Livepeer.Clip.{name}-{seq:D2}.ts");
}
