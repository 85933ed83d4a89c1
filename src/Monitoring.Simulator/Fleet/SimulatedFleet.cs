using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// A fleet of orchestrators on one address of this machine, usually 127.0.0.1, that speaks the real protocol, for trying things out and for end-to-end tests. It writes nothing to
/// the console or a log and keeps no files (with ffmpeg, short-lived ones in the temporary folder).
/// </summary>
public sealed class SimulatedFleet : IAsyncDisposable
{
    private NodeListener? _webhook;

    private SimulatedFleet(ImmutableArray<SimulatedNode> nodes) => Nodes = nodes;

    /// <summary>The nodes, in the order of the options.</summary>
    public ImmutableArray<SimulatedNode> Nodes { get; }

    /// <summary>
    /// The fleet's made-up chain as a client reads it, with the nodes as its pool; null off-chain, and where
    /// <see cref="OnChainOptions.Chain"/> is another than a <see cref="SimulatedChain"/>.
    /// </summary>
    public IChain? Chain { get; private init; }

    /// <summary>Where the list of nodes is served in the form of a gateway's <c>-orchWebhookUrl</c>; null if it was not asked for.</summary>
    public Uri? WebhookUri => _webhook is null ? null : new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{_webhook.Address}/orchestrators"));

    /// <summary>The node of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public SimulatedNode this[string name] =>
        Nodes.FirstOrDefault(node => node.Name == name)
        ?? throw new KeyNotFoundException($"The fleet has no node '{name}'; it has {string.Join(", ", Nodes.Select(node => node.Name))}.");

    /// <summary>Starts every node; when it returns, every open port answers.</summary>
    /// <exception cref="ArgumentException">The options cannot be; the message lists every problem.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg is asked for and not installed.</exception>
    public static async Task<SimulatedFleet> StartAsync(FleetOptions options, CancellationToken cancellation)
    {
        options.Check();
        var context = new FleetContext(options.Clock, await TranscoderAsync(options, cancellation), options.Tls, options.AuthTokenSecret, options.OnChain, options.Address);
        ImmutableArray<SimulatedNode> nodes = [.. options.Nodes.Select((node, index) => new SimulatedNode(NodeIdentity.Of(node, index), node, context))];
        var chain = options.OnChain?.Chain as SimulatedChain;
        foreach (var node in nodes) chain?.Activate(node.Signer.Address);
        var fleet = new SimulatedFleet(nodes) { Chain = chain is null ? null : new FleetChain(chain, nodes, options.Clock) };
        try
        {
            // Chosen ports first, or the system may hand one of them to a node that does not care.
            foreach (var node in fleet.Nodes.Zip(options.Nodes).OrderBy(pair => pair.Second.Port == 0).Select(pair => pair.First)) await node.StartAsync(cancellation);
            if (options.WebhookPort is { } port)
            {
                fleet._webhook = await NodeListener.StartAsync(new IPEndPoint(options.Address, port), null, HttpProtocols.Http1, fleet.AnswerWebhookAsync, cancellation);
            }
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }

        return fleet;
    }

    /// <summary>Ends every node and gives all ports back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_webhook is not null) await _webhook.DisposeAsync();
        foreach (var node in Nodes) await node.DisposeAsync();
    }

    private static async Task<ITranscoder> TranscoderAsync(FleetOptions options, CancellationToken cancellation)
    {
        if (options.Transcoding == TranscodingMode.Kept) return KeptRenditions.Instance;
        return await FfmpegTranscoder.IsInstalledAsync(cancellation)
            ? new FfmpegTranscoder(Path.GetTempPath(), options.Clock)
            : throw new InvalidOperationException("The fleet is to transcode with ffmpeg, which is not on the PATH: install it, or use the kept renditions.");
    }

    private Task AnswerWebhookAsync(HttpContext http)
    {
        var list = JsonSerializer.SerializeToUtf8Bytes(Nodes.Select(node => new { address = node.Uri.GetLeftPart(UriPartial.Authority) }));
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = list.Length;
        return http.Response.Body.WriteAsync(list, http.RequestAborted).AsTask();
    }
}
