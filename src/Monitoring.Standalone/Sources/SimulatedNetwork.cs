using System.Globalization;
using Monitoring.Simulator;
using Monitoring.Standalone.Configuration;

namespace Monitoring.Standalone.Sources;

/// <summary>Lays out the simulated network: every behaviour once, then again from the first, on ports that follow one another.</summary>
internal static class SimulatedNetwork
{
    /// <summary>Nodes of the default fleet.</summary>
    public static int DefaultNodes => FleetOptions.Default.Nodes.Length;

    /// <summary>The fleet of these options.</summary>
    public static FleetOptions Fleet(SimulateOptions options, int? webhookPort = null)
    {
        var kinds = FleetOptions.Default.Nodes.ToArray();
        if (options.Seed is { } seed) new Random(seed).Shuffle(kinds);
        var nodes = ImmutableArray.CreateBuilder<NodeOptions>();
        for (var i = 0; i < (options.Nodes ?? kinds.Length); i++)
        {
            var kind = kinds[i % kinds.Length];
            nodes.Add(kind with
            {
                Name = i < kinds.Length ? kind.Name : string.Create(CultureInfo.InvariantCulture, $"{kind.Name}-{(i / kinds.Length) + 1}"),
                Port = options.FirstPort + i ?? 0,
            });
        }

        return FleetOptions.Default with
        {
            Nodes = nodes.ToImmutable(),
            Transcoding = options.WithFfmpeg ? TranscodingMode.Ffmpeg : TranscodingMode.Kept,
            WebhookPort = webhookPort,
        };
    }
}
