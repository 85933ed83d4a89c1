using System.Globalization;
using System.Net;
using System.Text.Json;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Testing;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>Real processes over TLS: whom a region believes to be its hub, and which client certificate the hub wants to see.</summary>
[Collection(OneAtATime.Name)]
public sealed class Regions_and_hub_recognise_each_other : IDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];
    private readonly Scratch _scratch = new();
    private readonly int _port = FreePort.Find();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [LimitedFact]
    public async Task A_region_works_only_for_the_hub_that_it_believes_and_only_with_the_certificate_that_is_pinned_for_it()
    {
        using var authority = new CertificateAuthority(_scratch.Path, "authority");
        using var stranger = new CertificateAuthority(_scratch.Path, "stranger");
        var pin = authority.Issue("hub", IPAddress.Loopback);
        stranger.Issue("client");
        stranger.Issue("other-client");
        await WriteHubAsync();
        await AddAsync("FRA");
        await AddAsync("MDW", "--client-certificate", "client.pem");
        await AddAsync("SIN");
        await using var hub = MonitorProcess.Start(_scratch.Path, Nothing, "run", "--config", "hub.json");
        using var api = new MonitorApi(await hub.UrlAsync(Cancel));

        // By its pin, in capitals as some tools print it; by its authority and with a client certificate.
        await using (Region("FRA", "--hub-pin", pin.ToUpperInvariant()))
        await using (Region("MDW", "--set", "Region:HubCaFile=authority.pem", "--set", "Region:ClientCertificateFile=client.pem", "--set", "Region:ClientCertificateKeyFile=client.key"))
        {
            foreach (var region in (string[])["FRA", "MDW"]) await api.UntilRegionAsync(region, (state, text) => state == "ok" && text.Contains("last lease asked", StringComparison.Ordinal), Cancel);
        }

        // A hub that is not believed is told nothing, and the log says how it looked.
        var wrong = new string('a', 64);
        await using (var region = Region("SIN", "--hub-pin", wrong)) await region.SaysAsync($"(SHA-256 {pin}) than Region:HubPin expects ({wrong})", Cancel);
        await using (var region = Region("SIN", "--set", "Region:HubCaFile=stranger.pem")) await region.SaysAsync($"the hub's certificate (SHA-256 {pin}) is not believed", Cancel);
        var (state, text) = await api.RegionAsync("SIN", Cancel);
        Assert.DoesNotContain("last lease asked", text, StringComparison.Ordinal);
        Assert.DoesNotContain("refused", text, StringComparison.Ordinal);
        Assert.NotEqual("", state);

        // The right key over a connection without the right certificate is not enough.
        const string Refusal = "the connection does not show the client certificate that is pinned for this region";
        await using (var region = Region("MDW", "--hub-pin", pin)) await region.SaysAsync(Refusal, Cancel);
        await using (var region = Region("MDW", "--hub-pin", pin, "--set", "Region:ClientCertificateFile=other-client.pem", "--set", "Region:ClientCertificateKeyFile=other-client.key"))
            await region.SaysAsync(Refusal, Cancel);
        await api.UntilRegionAsync("MDW", (level, why) => level == "warning" && why.Contains(Refusal, StringComparison.Ordinal), Cancel);
    }

    private async Task WriteHubAsync() => await File.WriteAllTextAsync(
        _scratch.At("hub.json"),
        JsonSerializer.Serialize(new
        {
            Urls = "http://127.0.0.1:0",
            Data = "hub",
            Source = new { Orchestrators = (string[])["0x00000000000000000000000000000000000000aa=https://127.0.0.1:9"], AllowLoopback = true },
            Hub = new
            {
                Regions = (string[])["FRA", "MDW", "SIN"], Urls = (string[])[string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_port}")],
                CertificateFile = "hub.pem", CertificateKeyFile = "hub.key",
            },
        }),
        Cancel);

    private async Task AddAsync(string region, params string[] more)
    {
        await using var add = MonitorProcess.Start(_scratch.Path, Nothing, ["region", "add", region, "--out", region + ".key", "--config", "hub.json", .. more]);
        Assert.True(await add.ExitAsync(Cancel) == 0, add.Said);
    }

    private MonitorProcess Region(string region, params string[] more) => MonitorProcess.Start(
        _scratch.Path, Nothing,
        ["region", "--hub", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_port}"), "--key-file", region + ".key", "--data", "at-" + region, "--set", "Source:AllowLoopback=true", .. more]);
}
