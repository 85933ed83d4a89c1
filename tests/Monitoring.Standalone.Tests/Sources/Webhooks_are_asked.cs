using Microsoft.AspNetCore.Http;
using Monitoring.Livepeer;
using Monitoring.Standalone.Sources;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Sources;

public sealed class Webhooks_are_asked
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_good_answer_is_the_list()
    {
        await using var server = await LocalServer.StartAsync(http => http.Response.WriteAsync("""[{"address":"https://a.example:1"}]"""));
        using var source = new WebhookSource(server.Url, TimeProvider.System);
        Assert.Equal("https://a.example:1", Assert.Single(await source.ReadAsync(TestContext.Current.CancellationToken)).ServiceUri);
    }

    [Fact]
    public async Task An_error_status_is_a_failure_whatever_the_body_says()
    {
        await using var server = await LocalServer.StartAsync(http =>
        {
            http.Response.StatusCode = 503;
            return http.Response.WriteAsync("[]");
        });
        await FailsAsync(server.Url, TimeProvider.System, "answered 503");
    }

    [Fact]
    public async Task An_endless_body_is_cut_off()
    {
        await using var server = await LocalServer.StartAsync(async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.WriteAsync(new string(' ', 65_536), http.RequestAborted);
        });
        await FailsAsync(server.Url, TimeProvider.System, "is over 1048576 bytes");
    }

    [Theory]
    [InlineData(WebhookSource.MostBytes, true)]
    [InlineData(WebhookSource.MostBytes + 1, false)]
    public async Task The_bound_is_exact(int bytes, bool taken)
    {
        await using var server = await LocalServer.StartAsync(http => http.Response.WriteAsync("[]".PadRight(bytes)));
        using var source = new WebhookSource(server.Url, TimeProvider.System);
        if (taken) Assert.Empty(await source.ReadAsync(TestContext.Current.CancellationToken));
        else await FailsAsync(server.Url, TimeProvider.System, "is over 1048576 bytes");
    }

    [Fact]
    public async Task A_server_that_hangs_is_given_up_after_three_seconds()
    {
        var asked = new TaskCompletionSource();
        await using var server = await LocalServer.StartAsync(async http =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        var time = new VirtualTime(Noon);
        var failure = FailsAsync(server.Url, time, "did not answer within 3 s");
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(WebhookSource.Limit);
        await failure;
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure()
    {
        Uri gone;
        await using (var server = await LocalServer.StartAsync(_ => Task.CompletedTask)) gone = server.Url;
        await FailsAsync(new Uri(gone, "?key=hush"), TimeProvider.System, "could not be read");
    }

    [Fact]
    public async Task Being_asked_to_stop_is_no_failure_of_the_source()
    {
        await using var server = await LocalServer.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        using var source = new WebhookSource(server.Url, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.ReadAsync(new CancellationToken(canceled: true)));
    }

    private static async Task FailsAsync(Uri url, TimeProvider time, string why)
    {
        using var source = new WebhookSource(url, time);
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.Message, StringComparison.Ordinal);
    }
}
