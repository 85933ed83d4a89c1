using Monitoring.Core;

namespace Monitoring.Benchmarks;

/// <summary>The made-up network that is measured with: three regions, any number of orchestrators.</summary>
internal static class Network
{
    /// <summary>The regions, in order of their codes.</summary>
    public static ImmutableArray<RegionId> Regions { get; } = [RegionId.Parse("FRA"), RegionId.Parse("MDW"), RegionId.Parse("SIN")];

    /// <summary>The rules: the design's own.</summary>
    public static Policy Policy { get; } = new() { Schedule = new SchedulePolicy { Regions = Regions } };

    /// <summary>An orchestrator; addresses are spread as real ones are.</summary>
    public static OrchestratorId Orchestrator(int n)
    {
        Span<byte> address = stackalloc byte[20];
        for (var i = 0; i < address.Length; i += 4) BitConverter.TryWriteBytes(address[i..], HashOf(n, i));
        return OrchestratorId.FromBytes(address);
    }

    /// <summary>Its entry in a registry. The addresses are of the block kept for documentation: nobody answers there.</summary>
    public static RegistryEntry Entry(int n) => new(Orchestrator(n), Invariant($"https://192.0.2.{n % 250 + 1}:{8000 + (n / 250)}"), Verified: true);

    private static uint HashOf(int n, int part)
    {
        var x = (uint)((n * 31) + part + 1) * 2654435761u;
        x ^= x >> 15;
        x *= 2246822519u;
        return x ^ (x >> 13);
    }
}
