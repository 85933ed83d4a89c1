using System.Net;
using System.Text.Json.Nodes;
using Monitoring.Net;
using Monitoring.Testing.Helm;

namespace Monitoring.Standalone.Tests.Deployment;

/// <summary>Whom the policy of the network lets through: what Kubernetes would decide, decided here from the manifest.</summary>
public sealed class The_private_network_is_closed
{
    private static readonly DialPolicy Strict = new();

    [Theory]
    [InlineData("hub-values.yaml")]
    [InlineData("region-silo-values.yaml")]
    [InlineData("region-https-values.yaml")]
    public async Task Every_address_that_is_never_dialled_is_closed_and_every_other_is_open(string example)
    {
        var open = await OpenAsync(example);
        var random = new Random(20261120);
        var closed = 0;
        foreach (var address in Edges().Concat(Enumerable.Range(0, 20_000).Select(i => Drawn(random, i % 2 == 0 ? 4 : 16))))
        {
            // ISATAP hides in the half of an address that no range can name.
            if (IsIsatap(address)) continue;
            var blocked = AddressRules.IsBlocked(address, Strict, out var why);
            if (blocked) closed++;
            Assert.True(blocked != open(address), $"{address}: the policy {(open(address) ? "lets it through" : "closes it")}, and the dialer says: {(blocked ? why : "public")}.");
        }

        Assert.True(closed > 1000, "Too few closed addresses were tried to prove anything.");
    }

    [Fact]
    public async Task A_silo_is_reached_by_silos_of_its_cluster_alone()
    {
        foreach (var example in new[] { "hub-values.yaml", "region-silo-values.yaml" })
        {
            var chart = await Rendered.OfAsync(example);
            var rule = chart.Policy["spec"]!["ingress"]!.AsArray().Single(r => r!["ports"]!.AsArray().Any(p => p!["port"]!.ToJsonString() == "11111"))!;
            var peer = Assert.Single(rule["from"]!.AsArray())!["podSelector"]!["matchLabels"]!.AsObject();
            var labels = chart.Pods.Single(p => p.Owner == chart.Workload).Labels;
            Assert.Equal("monitoring", (string)peer["livepeer-monitoring/cluster"]!);
            Assert.All(peer, label => Assert.Equal((string)label.Value!, (string?)labels[label.Key]));

            // And in the other direction.
            Assert.Contains(chart.Policy["spec"]!["egress"]!.AsArray(), r => r!["ports"]?.AsArray().Any(p => p!["port"]!.ToJsonString() == "11111") == true);
        }
    }

    [Theory]
    [InlineData("hub-values.yaml", true)]
    [InlineData("region-silo-values.yaml", false)]
    [InlineData("region-https-values.yaml", false)]
    public async Task The_api_is_asked_through_the_way_in_and_a_region_is_asked_nothing_but_its_metrics(string example, bool fromIngress)
    {
        var chart = await Rendered.OfAsync(example);
        var rules = chart.Policy["spec"]!["ingress"]!.AsArray().Where(r => r!["ports"]!.AsArray().Any(p => (string?)p!["port"]?.ToString() == "http")).ToArray();
        var from = Assert.Single(rules)!["from"]!.AsArray().Select(f => f!.ToJsonString()).ToArray();
        Assert.Equal(fromIngress, from.Any(f => f.Contains("ingress-nginx", StringComparison.Ordinal)));
        Assert.Contains(from, f => f.Contains("\"monitoring\"", StringComparison.Ordinal));
        Assert.Contains(from, f => f.Contains("\"test\"", StringComparison.Ordinal));
        Assert.All(chart.Policy["spec"]!["ingress"]!.AsArray(), r => Assert.NotEmpty(r!["from"]!.AsArray()));
        Assert.Equal(["Ingress", "Egress"], chart.Policy["spec"]!["policyTypes"]!.AsArray().Select(t => (string)t!));
    }

    [Fact]
    public async Task Every_pod_is_under_a_policy()
    {
        foreach (var example in Monitoring.Testing.Helm.HelmChart.Examples)
        {
            var chart = await Rendered.OfAsync(example);
            var policies = chart.Objects.Where(o => RenderedChart.Is(o, "NetworkPolicy")).Select(p => p["spec"]!["podSelector"]!).ToArray();
            foreach (var (owner, _, labels) in chart.Pods)
                Assert.True(policies.Count(p => Selects(p, labels)) == 1, $"{RenderedChart.Name(owner)} is selected by {policies.Count(p => Selects(p, labels))} policies.");
        }
    }

    private static bool Selects(JsonNode selector, JsonObject labels) =>
        (selector["matchLabels"]?.AsObject() ?? []).All(l => (string?)labels[l.Key] == (string)l.Value!)
        && (selector["matchExpressions"]?.AsArray() ?? []).All(e => (string)e!["operator"]! == "In" && e["values"]!.AsArray().Any(v => (string)v! == (string?)labels[(string)e["key"]!]));

    // The rule without ports: what the outside world is. Rules with ports are for DNS, the database and silos.
    private static async Task<Func<IPAddress, bool>> OpenAsync(string example)
    {
        var chart = await Rendered.OfAsync(example);
        var rule = Assert.Single(chart.Policy["spec"]!["egress"]!.AsArray(), r => r!["ports"] is null)!;
        var blocks = rule["to"]!.AsArray().Select(t => t!["ipBlock"]!).Select(b => (
            Cidr: IPNetwork.Parse((string)b["cidr"]!),
            Except: b["except"]!.AsArray().Select(e => IPNetwork.Parse((string)e!)).ToArray())).ToArray();

        // Kubernetes refuses an exception that does not lie inside its block.
        Assert.All(blocks, b => Assert.All(b.Except, e => Assert.True(b.Cidr.Contains(e.BaseAddress) && e.PrefixLength > b.Cidr.PrefixLength)));
        return address => blocks.Any(b => Holds(b.Cidr, address) && !b.Except.Any(e => Holds(e, address)));
    }

    private static bool Holds(IPNetwork network, IPAddress address) => network.BaseAddress.AddressFamily == address.AddressFamily && !address.IsIPv4MappedToIPv6 && network.Contains(address);

    private static IEnumerable<IPAddress> Edges()
    {
        foreach (var text in new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "::/96", "64:ff9b::/96", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2000::/3", "fc00::/7", "fe80::/10", "ff00::/8",
        })
        {
            var network = IPNetwork.Parse(text);
            var first = network.BaseAddress.GetAddressBytes();
            var last = first.Select((b, i) => (byte)(b | (0xff >> Math.Clamp(network.PrefixLength - (8 * i), 0, 8)))).ToArray();
            yield return new IPAddress(first);
            yield return new IPAddress(last);
            if (Step(first, -1) is { } before) yield return before;
            if (Step(last, 1) is { } after) yield return after;
        }
    }

    private static IPAddress? Step(byte[] bytes, int by)
    {
        var next = (byte[])bytes.Clone();
        for (var i = next.Length - 1; i >= 0; i--)
        {
            next[i] = (byte)(next[i] + by);
            if (next[i] != (by > 0 ? 0 : 0xff)) return new IPAddress(next);
        }

        return null;
    }

    private static IPAddress Drawn(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        if (length == 16 && random.Next(2) == 0) bytes[0] = (byte)(0x20 | (bytes[0] & 0x1f));
        return new IPAddress(bytes);
    }

    private static bool IsIsatap(IPAddress address) => address.GetAddressBytes() is { Length: 16 } b && b[8] is 0 or 2 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe;
}
