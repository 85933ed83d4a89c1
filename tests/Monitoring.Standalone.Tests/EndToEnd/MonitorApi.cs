using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Monitoring.Standalone.Tests.EndToEnd;

/// <summary>The API of a running monitor, as its clients use it.</summary>
internal sealed class MonitorApi(Uri url, HttpMessageHandler? way = null) : IDisposable
{
    private readonly HttpClient _http = new(way ?? new SocketsHttpHandler()) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The scores of the published board by orchestrator and region.</summary>
    public async Task<SortedDictionary<(string Orchestrator, string Region), CellScores>> BoardAsync(CancellationToken cancellationToken)
    {
        using var read = JsonDocument.Parse(await _http.GetStringAsync("/api/aggregated_stats", cancellationToken));
        var board = new SortedDictionary<(string, string), CellScores>();
        foreach (var orchestrator in read.RootElement.EnumerateObject())
        {
            foreach (var cell in orchestrator.Value.EnumerateObject())
            {
                board[(orchestrator.Name, cell.Name)] = new CellScores(
                    cell.Value.GetProperty("success_rate").GetDouble(), cell.Value.GetProperty("round_trip_score").GetDouble(), cell.Value.GetProperty("score").GetDouble());
            }
        }

        return board;
    }

    /// <summary>The counted results of one orchestrator, each as its whole text, with the region it stands under.</summary>
    public async Task<List<(string Region, string Row)>> RawAsync(string orchestrator, CancellationToken cancellationToken)
    {
        using var read = JsonDocument.Parse(await _http.GetStringAsync($"/api/raw_stats?orchestrator={orchestrator}", cancellationToken));
        return [.. read.RootElement.EnumerateObject().SelectMany(region => region.Value.EnumerateArray().Select(row => (region.Name, row.GetRawText())))];
    }

    /// <summary>A region by the page of the instrument; its state is empty while the page does not show it.</summary>
    public async Task<(string State, string Text)> RegionAsync(string region, CancellationToken cancellationToken)
    {
        using var read = JsonDocument.Parse(await TextAsync("/api/v1/instrument", cancellationToken));
        return read.RootElement.GetProperty("instrument").EnumerateArray().Where(p => p.GetProperty("name").GetString() == "Region: " + region)
            .Select(p => (p.GetProperty("state").GetString()!, p.GetProperty("text").GetString()!)).FirstOrDefault(("", ""));
    }

    /// <summary>Waits until a region is as expected by the page of the instrument.</summary>
    public async Task UntilRegionAsync(string region, Func<string, string, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (state, text) = await RegionAsync(region, cancellationToken);
            if (condition(state, text)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    public Task<string> TextAsync(string path, CancellationToken cancellationToken) => _http.GetStringAsync(path, cancellationToken);

    /// <summary>Posts a result with its signature; true when it was acknowledged, false when the server would not have it now.</summary>
    public async Task<bool> PostAsync(string body, string secret, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/post_stats") { Content = new ByteArrayContent(bytes) };
        request.Headers.TryAddWithoutValidation("Authorization", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes)));
        using var answer = await _http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
        Assert.True(answer.StatusCode == HttpStatusCode.OK && text == "ok", string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {text}"));
        return true;
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>The scores of one cell.</summary>
internal readonly record struct CellScores(double SuccessRate, double RoundTripScore, double Score);
