namespace Monitoring.Web.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task Health_has_the_forks_shape_when_well()
    {
        await using var site = await Site.StartAsync();
        Assert.Equal("""{"postgres":{"ok":true}}""", await site.GetAsync("/api/health"));
        Assert.Equal("ok\n", await site.GetAsync("/readyz"));
    }

    [Fact]
    public async Task A_store_that_is_down_is_not_ready_and_tells_no_details()
    {
        await using var site = await Site.StartAsync();
        site.Health.Ask = _ => throw new InvalidOperationException("host db-7 refused");
        var response = await site.SendAsync("/api/health");
        Assert.Equal(503, response.Status);
        Assert.Equal("""{"postgres":{"ok":false,"error":"connection failed"}}""", response.Body);
        Assert.Equal("no-store", response.Header("Cache-Control"));
        Assert.Equal(503, (await site.SendAsync("/readyz")).Status);
    }

    [Fact]
    public async Task Who_does_not_take_part_says_why()
    {
        await using var site = await Site.StartAsync();
        site.Health.Ask = _ => ValueTask.FromResult<string?>("the silo is Joining");
        var response = await site.SendAsync("/readyz");
        Assert.Equal((503, "the silo is Joining\n"), (response.Status, response.Body));
        Assert.Equal(503, (await site.SendAsync("/api/health")).Status);
    }

    [Fact]
    public async Task A_store_that_never_answers_is_not_ready()
    {
        await using var site = await Site.StartAsync();
        site.Health.Ask = _ => new ValueTask<string?>(new TaskCompletionSource<string?>().Task);
        Assert.Equal(503, (await site.SendAsync("/readyz")).Status);
    }

    [Fact]
    public async Task Live_never_asks_the_store()
    {
        await using var site = await Site.StartAsync();
        site.Health.Ask = _ => throw new InvalidOperationException("down");
        Assert.Equal("ok\n", await site.GetAsync("/livez"));
        Assert.Equal(0, site.Health.Asked);
    }
}
