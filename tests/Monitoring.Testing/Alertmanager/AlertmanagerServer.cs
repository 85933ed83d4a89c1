using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Monitoring.Testing.Alertmanager;

/// <summary>A real Prometheus Alertmanager (Debian's package) as a child process on a free port of loopback, which tells one webhook of everything at once.</summary>
public sealed partial class AlertmanagerServer : IAsyncDisposable
{
    private const string Program = "prometheus-alertmanager";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Scratch _scratch;
    private readonly HttpClient _http;

    private AlertmanagerServer(Process process, Scratch scratch, string address)
    {
        (_process, _scratch, Url) = (process, scratch, new Uri($"http://{address}"));
        _http = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Why there is none here, in a sentence for a skipped test; null where there is.</summary>
    public static string? Missing { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)))
            ? null
            : $"{Program} is not installed here (Debian package {Program}).";

    /// <summary>Where it is.</summary>
    public Uri Url { get; }

    /// <summary>Starts one.</summary>
    /// <param name="webhook">Where it tells what fires and what is over.</param>
    public static async Task<AlertmanagerServer> StartAsync(Uri webhook)
    {
        var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.At("alertmanager.yml"), $"""
            route:
              receiver: hook
              group_by: ['...']
              group_wait: 0s
              group_interval: 1s
              repeat_interval: 4h
            receivers:
              - name: hook
                webhook_configs:
                  - url: {webhook}
                    send_resolved: true
            """);
        string[] arguments =
        [
            $"--config.file={scratch.At("alertmanager.yml")}", $"--storage.path={scratch.At("data")}", "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=",
        ];
        var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

        // Should the test process be ended from outside, dispose never runs; the handler is the second net.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End(process);
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            // Read to the end and forgotten: a full pipe would stop it.
            if (line.Data is null) address.TrySetException(new InvalidOperationException("Alertmanager ended before it listened."));
            else if (Listening().Match(line.Data) is { Success: true } match) address.TrySetResult(match.Groups[1].Value);
        };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        try
        {
            return new AlertmanagerServer(process, scratch, await address.Task.WaitAsync(StartLimit));
        }
        catch
        {
            End(process);
            scratch.Dispose();
            throw;
        }
    }

    /// <summary>The alerts it holds now, those that fire.</summary>
    public async Task<JsonArray> FiringAsync(CancellationToken cancellationToken) =>
        (JsonArray)JsonNode.Parse(await _http.GetStringAsync(new Uri("/api/v2/alerts?active=true", UriKind.Relative), cancellationToken))!;

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        End(_process);
        _process.Dispose();
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    [GeneratedRegex("msg=\"Listening on\" address=(127\\.0\\.0\\.1:[0-9]+)")]
    private static partial Regex Listening();
}
