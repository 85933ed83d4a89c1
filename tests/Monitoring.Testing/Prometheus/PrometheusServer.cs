using System.Text.Json;

namespace Monitoring.Testing.Prometheus;

/// <summary>A real Prometheus, with the program that the system has, that scrapes every second.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly ListeningProgram _program;
    private readonly Scratch _scratch;
    private readonly HttpClient _http;

    private PrometheusServer(ListeningProgram program, Scratch scratch)
    {
        (_program, _scratch) = (program, scratch);
        _http = new HttpClient { BaseAddress = program.Address, Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Why there can be none, or null.</summary>
    public static string? Missing { get; } = ListeningProgram.IsInstalled("prometheus") && ListeningProgram.IsInstalled("promtool")
        ? null
        : "Prometheus is not installed (as root: apt-get install --no-install-recommends prometheus), so dashboards and rules were not tried.";

    /// <summary>Starts one.</summary>
    /// <param name="job">The name of the job.</param>
    /// <param name="targets">Whom it scrapes, as <c>host:port</c>.</param>
    /// <param name="rules">The files of its rules.</param>
    /// <param name="alertmanager">Whom it tells, as <c>host:port</c>; null for nobody.</param>
    public static async Task<PrometheusServer> StartAsync(string job, IEnumerable<string> targets, IEnumerable<string> rules, string? alertmanager = null)
    {
        if (Missing is { } missing) throw new InvalidOperationException(missing);
        var scratch = new Scratch();
        var configuration = scratch.At("prometheus.yml");
        var alerting = alertmanager is null ? "" : $"""
            alerting:
              alertmanagers:
                - static_configs:
                    - targets: ["{alertmanager}"]
            """;
        await File.WriteAllTextAsync(configuration, $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files: [{string.Join(", ", rules.Select(r => $"'{r}'"))}]
            {alerting}
            scrape_configs:
              - job_name: {job}
                static_configs:
                  - targets: [{string.Join(", ", targets.Select(t => $"'{t}'"))}]
            """);
        var program = await ListeningProgram.StartAsync(
            "prometheus", "--config.file=" + configuration, "--storage.tsdb.path=" + scratch.At("data"), "--web.listen-address=127.0.0.1:0", "--enable-feature=exemplar-storage");
        var server = new PrometheusServer(program, scratch);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Evaluates an expression now.</summary>
    /// <returns>The labels and the value of each series.</returns>
    /// <exception cref="InvalidOperationException">Prometheus refused it; the message holds its words.</exception>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> QueryAsync(string expression)
    {
        using var answer = await AskAsync($"api/v1/query?query={Uri.EscapeDataString(expression)}");
        var data = answer.RootElement.GetProperty("data");
        return data.GetProperty("resultType").GetString() == "vector"
            ? [.. data.GetProperty("result").EnumerateArray().Select(series => (LabelsOf(series.GetProperty("metric")), ValueOf(series)))]
            : throw new InvalidOperationException($"'{expression}' gives a {data.GetProperty("resultType")}, not a vector.");
    }

    /// <summary>The labels of the exemplars of a metric.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ExemplarsAsync(string metric)
    {
        var now = DateTimeOffset.UtcNow;
        using var answer = await AskAsync($"api/v1/query_exemplars?query={Uri.EscapeDataString(metric)}&start={now.AddHours(-1).ToUnixTimeSeconds()}&end={now.AddMinutes(1).ToUnixTimeSeconds()}");
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().SelectMany(s => s.GetProperty("exemplars").EnumerateArray()).Select(e => LabelsOf(e.GetProperty("labels")))];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _program.DisposeAsync();
        _scratch.Dispose();
    }

    // It listens before it has read its storage, and answers so long in words and not in JSON.
    private async Task ReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            using var answer = await _http.GetAsync(new Uri("-/ready", UriKind.Relative), limit.Token);
            if (answer.IsSuccessStatusCode) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    private async Task<JsonDocument> AskAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        if (answer.IsSuccessStatusCode) return body;
        using (body) throw new InvalidOperationException(body.RootElement.GetProperty("error").GetString());
    }

    private static double ValueOf(JsonElement series) =>
        double.Parse(series.GetProperty("value")[1].GetString()!.Replace("Inf", "Infinity", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

    private static Dictionary<string, string> LabelsOf(JsonElement labels) => labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!);
}
