using Microsoft.AspNetCore.Http;
using Monitoring.Standalone.Commands;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Commands;

/// <summary><c>monitor healthcheck</c>, which an image without a shell runs in itself.</summary>
public sealed class A_monitor_is_asked_whether_it_is_well
{
    [Theory]
    [InlineData(200, 0)]
    [InlineData(204, 0)]
    [InlineData(302, 1)]
    [InlineData(404, 1)]
    [InlineData(503, 1)]
    public async Task The_exit_code_is_the_answer(int status, int code)
    {
        await using var server = await LocalServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            if (status == 302) context.Response.Headers.Location = "/well";
            if (context.Request.Path == "/well") context.Response.StatusCode = 200;
            if (status != 204) await context.Response.WriteAsync("the store\nof results");
        });
        var (ended, output, error) = await AskAsync([], "healthcheck", "--url", new Uri(server.Url, "/readyz").AbsoluteUri);
        Assert.Equal(code, ended);
        Assert.Equal(code == 0 ? "" : $"{server.Url}readyz: {status} the store\n", error);
        Assert.Equal(code == 0 ? $"{server.Url}readyz: {status}{(status == 204 ? "" : " the store")}\n" : "", output);
    }

    [Fact]
    public async Task Asked_is_the_readiness_of_the_address_that_is_configured()
    {
        var asked = "";
        await using var server = await LocalServer.StartAsync(context =>
        {
            asked = context.Request.Path;
            return context.Response.WriteAsync("ok\n");
        });
        var (ended, output, _) = await AskAsync([new("MONITOR_Urls", $"http://*:{server.Url.Port}")], "healthcheck");
        Assert.Equal((0, "/readyz", $"http://127.0.0.1:{server.Url.Port}/readyz: 200 ok\n"), (ended, asked, output));
    }

    [Fact]
    public async Task Who_does_not_answer_is_not_well()
    {
        int port;
        await using (var gone = await LocalServer.StartAsync(_ => Task.CompletedTask)) port = gone.Url.Port;
        var (ended, _, error) = await AskAsync([], "healthcheck", "--url", $"http://127.0.0.1:{port}/");
        Assert.Equal(1, ended);
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("/readyz")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("8080")]
    public async Task What_is_no_url_is_wrong_usage(string url)
    {
        var (ended, _, error) = await AskAsync([], "healthcheck", "--url", url);
        Assert.Equal(2, ended);
        Assert.Contains(url, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:8080", "http://localhost:8080/readyz")]
    [InlineData("http://*:8080;http://10.0.0.1:9090", "http://127.0.0.1:8080/readyz")]
    [InlineData("http://+:80", "http://127.0.0.1/readyz")]
    [InlineData("http://0.0.0.0:1234", "http://127.0.0.1:1234/readyz")]
    [InlineData("http://[::]:1234", "http://[::1]:1234/readyz")]
    [InlineData("nonsense, https://192.0.2.1:1", "https://192.0.2.1:1/readyz")]
    [InlineData("", null)]
    public void Every_address_stands_for_this_machine(string urls, string? asked) => Assert.Equal(asked, HealthQuestion.Readiness(urls)?.AbsoluteUri);

    private static async Task<(int Code, string Output, string Error)> AskAsync(KeyValuePair<string, string?>[] environment, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var scratch = new Monitoring.Testing.Scratch();
        var code = await CommandLine.RunAsync(arguments, new Surroundings(output, error, environment, scratch.Path, TimeProvider.System));
        return (code, output.ToString(), error.ToString());
    }
}
