using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Standalone.Run;
using Monitoring.Standalone.Tests.Configuration;
using Monitoring.Standalone.Tests.Hub;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Observability;

public sealed class Metrics_have_an_address_of_their_own
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 200, 0)]
    [InlineData("""
        , "Metrics": { "Urls": ["http://127.0.0.1:0"] }
        """, 404, 200)]
    public async Task Where_one_is_configured_metrics_are_answered_there_alone_and_else_everywhere(string more, int publicly, int there)
    {
        using var scratch = new Scratch();
        await using var under = await HubUnderTest.StartAsync(scratch, new VirtualTime(DateTimeOffset.UtcNow), inner => inner, [OrchestratorId.Parse("0x00000000000000000000000000000000000000aa")]);
        var options = Configurations.Parse($$"""{ "Source": { "Orchestrators": ["0x00000000000000000000000000000000000000aa=https://192.0.2.1:8935"] }, "Region": { "Id": "FRA" }, "Urls": "http://127.0.0.1:0"{{more}} }""").Options;
        await using var app = WebHost.Build(options, under.Board, under.Hub, under.Schedule, under.Store, new WebParts(), TimeProvider.System, NullLoggerFactory.Instance);
        await app.StartAsync(Cancel);
        var urls = app.Urls.Select(u => new Uri(u)).ToList();
        using var client = new HttpClient();
        Assert.Equal(publicly, await StatusAsync(urls[0], "/metrics"));
        Assert.Equal(200, await StatusAsync(urls[0], "/livez"));
        if (there != 0)
        {
            Assert.Equal(there, await StatusAsync(urls[1], "/metrics"));
            Assert.Equal(404, await StatusAsync(urls[1], "/api/aggregated_stats"));
            Assert.Equal(404, await StatusAsync(urls[1], "/"));
        }

        await app.StopAsync(Cancel);

        async Task<int> StatusAsync(Uri address, string path)
        {
            using var answer = await client.GetAsync(new Uri(address, path), Cancel);
            return (int)answer.StatusCode;
        }
    }
}
