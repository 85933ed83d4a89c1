using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Monitoring.Standalone.Tests.PostTo;

/// <summary>What the server does with one request.</summary>
internal enum Mood
{
    /// <summary>Takes the post.</summary>
    Take,

    /// <summary>Never answers.</summary>
    Hang,

    /// <summary>Breaks the connection after reading the body.</summary>
    Break,

    /// <summary>Answers 500.</summary>
    Fail,

    /// <summary>Answers 429 and asks for a second's patience.</summary>
    Busy,

    /// <summary>Answers 403.</summary>
    Forbid,

    /// <summary>Answers 400.</summary>
    Reject,

    /// <summary>Sends elsewhere.</summary>
    Redirect,
}

/// <summary>A leaderboard server with moods: those of its script, one a request, and then its last one.</summary>
internal sealed class Board : IAsyncDisposable
{
    public const string Secret = "hush";

    private readonly ConcurrentQueue<Mood> _script = new();
    private readonly ConcurrentQueue<string> _taken = new();
    private readonly Counter _takenCount = new();
    private readonly Counter _asked = new();
    private LocalServer? _server;

    public volatile Mood Then = Mood.Take;

    /// <summary>Bodies taken, in order.</summary>
    public IReadOnlyList<string> Bodies => [.. _taken];

    public Uri Url => new(_server!.Url, "/api/post_stats");

    public static async Task<Board> StartAsync(params Mood[] script)
    {
        var board = new Board();
        foreach (var mood in script) board._script.Enqueue(mood);
        board._server = await LocalServer.StartAsync(board.AnswerAsync);
        return board;
    }

    public Task Took(int count) => _takenCount.Reached(count);

    public Task WasAsked(int times) => _asked.Reached(times);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        _asked.Add();
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(body)));
        var signed = http.Request.Headers.Authorization == signature && http.Request is { Method: "POST", Path.Value: "/api/post_stats" };
        switch (!signed ? Mood.Forbid : _script.TryDequeue(out var mood) ? mood : Then)
        {
            case Mood.Take:
                _taken.Enqueue(body);
                _takenCount.Add();
                await http.Response.WriteAsync("ok", http.RequestAborted);
                break;
            case Mood.Hang:
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            case Mood.Break:
                http.Abort();
                break;
            case Mood.Busy:
                http.Response.StatusCode = 429;
                http.Response.Headers.RetryAfter = "1";
                break;
            case Mood.Fail:
                http.Response.StatusCode = 500;
                await http.Response.WriteAsync("""{"error":"no database"}""", http.RequestAborted);
                break;
            case Mood.Redirect:
                http.Response.StatusCode = 307;
                http.Response.Headers.Location = "/api/post_stats";
                break;
            case Mood.Reject:
                http.Response.StatusCode = 400;
                await http.Response.WriteAsync("""{"error":"invalid region"}""", http.RequestAborted);
                break;
            default:
                http.Response.StatusCode = 403;
                break;
        }
    }
}
