using System.Security.Cryptography;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>
/// The renditions in the assembly (folder <c>Renditions</c>). A segment of the clip is recognised by its SHA-256; any other segment gets
/// the renditions of the clip's segment that its sequence number names, modulo 15.
/// </summary>
internal sealed class KeptRenditions : ITranscoder
{
    public const int Segments = 15;

    private static readonly Lazy<KeptRenditions> Loaded = new(() => new KeptRenditions());

    private readonly Dictionary<string, int> _numberBySha256;
    private readonly ImmutableArray<ImmutableArray<ReadOnlyMemory<byte>>> _renditions;

    private KeptRenditions()
    {
        _numberBySha256 = System.Text.Encoding.ASCII.GetString(Read("clip1.sha256"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select((line, number) => (Hash: line.Split(' ')[0], number))
            .ToDictionary(entry => entry.Hash, entry => entry.number);
        _renditions =
        [
            .. Profiles.Select(profile => Enumerable.Range(0, Segments)
                .Select(number => (ReadOnlyMemory<byte>)Read($"{profile.Name}-{number:00}.ts"))
                .ToImmutableArray()),
        ];
    }

    public static KeptRenditions Instance => Loaded.Value;

    /// <summary>The profiles there are renditions of, smallest first.</summary>
    public static ImmutableArray<(string Name, int Width, int Height)> Profiles { get; } =
    [
        ("P240p30fps16x9", 426, 240), ("P360p30fps16x9", 640, 360), ("P576p30fps16x9", 1024, 576), ("P720p30fps16x9", 1280, 720),
    ];

    public Task<ImmutableArray<ReadOnlyMemory<byte>>> TranscodeAsync(
        ReadOnlyMemory<byte> segment, long seq, IReadOnlyList<VideoProfile> profiles, CancellationToken cancellation)
    {
        var number = NumberOf(segment.Span) ?? (int)((ulong)seq % Segments);
        return Task.FromResult(Choose(profiles).Select(profile => _renditions[profile][number]).ToImmutableArray());
    }

    /// <summary>Which segment of the clip it is, from 0; null for a stranger.</summary>
    public int? NumberOf(ReadOnlySpan<byte> segment) =>
        _numberBySha256.TryGetValue(Convert.ToHexStringLower(SHA256.HashData(segment)), out var number) ? number : null;

    /// <summary>For each profile the kept one of its size, else the nearest that no other took, else the nearest.</summary>
    private static int[] Choose(IReadOnlyList<VideoProfile> profiles)
    {
        var chosen = profiles.Select(p => Profiles.IndexOf(Profiles.FirstOrDefault(k => k.Width == p.Width && k.Height == p.Height))).ToArray();
        for (var i = 0; i < chosen.Length; i++)
        {
            if (chosen[i] >= 0) continue;
            var pixels = (long)profiles[i].Width * profiles[i].Height;
            chosen[i] = Enumerable.Range(0, Profiles.Length)
                .OrderBy(kept => chosen.Contains(kept))
                .ThenBy(kept => Math.Abs(((long)Profiles[kept].Width * Profiles[kept].Height) - pixels))
                .First();
        }

        return chosen;
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(KeptRenditions).Assembly.GetManifestResourceStream("Renditions/" + name)
            ?? throw new InvalidOperationException($"The rendition {name} is not in the assembly: rebuild Monitoring.Simulator with its Renditions folder.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
