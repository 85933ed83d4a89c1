using System.Net;

namespace Monitoring.Simulator;

/// <summary>What a simulated fleet consists of.</summary>
public sealed record FleetOptions
{
    /// <summary>A session without a segment for this long ends (protocol section 2.4).</summary>
    internal static readonly TimeSpan SessionIdleLimit = TimeSpan.FromSeconds(70);

    /// <summary>The bound of a price's two numbers: what is made of it still fits the protocol's 64 bits.</summary>
    private const long MaxPrice = 1_000_000_000_000;

    /// <summary>
    /// Every ready-made behaviour once, with system-chosen ports, and <c>fast-far</c>: a good node 150 ms away.
    /// </summary>
    public static FleetOptions Default { get; } = new()
    {
        Nodes =
        [
            .. Behaviour.All.Select(behaviour => new NodeOptions { Name = behaviour.Name, Behaviour = behaviour }),
            new NodeOptions { Name = "fast-far", Behaviour = Behaviour.Fast, Distance = TimeSpan.FromMilliseconds(150) },
        ],
    };

    /// <summary>The nodes, in the order their throw-away addresses are given out. At least one, names unique.</summary>
    public required ImmutableArray<NodeOptions> Nodes { get; init; }

    /// <summary>
    /// A port for the list of nodes in the form of <c>-orchWebhookUrl</c> (protocol section 5.1), plain HTTP on <see cref="Address"/>; 0 lets the system
    /// choose, null (the default) serves none.
    /// </summary>
    public int? WebhookPort { get; init; }

    /// <summary>
    /// The address of this machine that nodes and list listen on, and by which they name themselves. Default 127.0.0.1; another one lets
    /// other machines, or other network namespaces of this one, reach them.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Where renditions come from. Default <see cref="TranscodingMode.Kept"/>.</summary>
    public TranscodingMode Transcoding { get; init; }

    /// <summary>
    /// TLS with HTTP/2 and HTTP/1.1, as orchestrators are (the default); false for plain HTTP/2 with prior knowledge, as with
    /// <c>-httpAddr http://</c>. (One clear port cannot carry both versions here, so a plain node speaks no HTTP/1.1.)
    /// </summary>
    public bool Tls { get; init; } = true;

    /// <summary>The clock of sessions, tokens, delays and schedules. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes the fleet on-chain; null (the default) leaves it off-chain, where nothing is paid, checked or signed.</summary>
    public OnChainOptions? OnChain { get; init; }

    /// <summary>The secret of the auth tokens; null draws one at each start of a node, as an orchestrator does.</summary>
    internal ImmutableArray<byte>? AuthTokenSecret { get; init; }

    /// <exception cref="ArgumentException">Something in it cannot be; the message lists all of it.</exception>
    internal void Check()
    {
        var problems = new List<string>();
        if (Nodes.IsDefaultOrEmpty) problems.Add("a fleet needs at least one node");
        foreach (var name in Nodes.GroupBy(n => n.Name).Where(g => g.Count() > 1)) problems.Add($"the name '{name.Key}' is given to {name.Count()} nodes");
        foreach (var port in Nodes.Where(n => n.Port != 0).GroupBy(n => n.Port).Where(g => g.Count() > 1)) problems.Add($"port {port.Key} is given to {port.Count()} nodes");
        if (WebhookPort is < 0 or > 65535) problems.Add($"the webhook's port {WebhookPort} is not between 0 and 65535");
        if (OnChain is not null) problems.AddRange(OnChain.Problems());
        foreach (var node in Nodes)
        {
            var price = node.Price;
            if (price.Sign < 0 || price.Numerator > MaxPrice || price.Denominator > MaxPrice) problems.Add($"{node.Name}: a price cannot be {price} wei per pixel");
            if (node.Port is < 0 or > 65535) problems.Add($"{node.Name}: port {node.Port} is not between 0 and 65535");
            if (node.MaxSessions < 1) problems.Add($"{node.Name}: it must allow at least one session, not {node.MaxSessions}");
            if (node.Distance < TimeSpan.Zero) problems.Add($"{node.Name}: a distance cannot be negative");
            problems.AddRange(ProblemsOf(node.Behaviour).Select(p => $"{node.Name}: {p}"));
        }

        if (problems.Count > 0) throw new ArgumentException("The simulated fleet cannot be built: " + string.Join("; ", problems) + ".");
    }

    internal static IEnumerable<string> ProblemsOf(Behaviour behaviour)
    {
        if (behaviour.TranscodingTime < TimeSpan.Zero) yield return "a transcoding time cannot be negative";
        if (behaviour.FaultEvery < 1) yield return $"a fault strikes each 1st, 2nd ... segment, not each {behaviour.FaultEvery}th";
        var factor = behaviour.LaterPriceFactor;
        if (factor.Sign < 0 || factor > 1000) yield return $"a price cannot be multiplied with {factor}";
        if (behaviour.WeiPerPixel > MaxPrice) yield return $"a price of {behaviour.WeiPerPixel} wei per pixel is absurd";
        if (behaviour.WeiPerPixel < 0) yield return "a price cannot be negative";
        if (behaviour.Schedule is { } schedule && (schedule.Up <= TimeSpan.Zero || schedule.Down <= TimeSpan.Zero)) yield return "both parts of an up-and-down schedule must last";
        foreach (var drip in new[] { behaviour.ResultDrip, behaviour.RenditionDrip })
        {
            if (drip is { PieceBytes: < 1 }) yield return "a drip has pieces of at least one byte";
            if (drip is not null && drip.Pause < TimeSpan.Zero) yield return "the pause of a drip cannot be negative";
        }
    }
}
