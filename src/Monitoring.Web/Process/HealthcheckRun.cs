namespace Monitoring.Web;

/// <summary><c>healthcheck</c>, as every host has it: asks a running process whether it is ready, for whoever has no other program to ask with.</summary>
public static class HealthcheckRun
{
    /// <summary>Asks, and says what was answered.</summary>
    /// <param name="url">What is asked, as it was typed; null for <c>/readyz</c> at the first address of <c>Urls</c>, as the configuration has it.</param>
    /// <param name="otherwise">Where the host listens where the configuration says nothing.</param>
    /// <param name="around">The process.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The exit code: ok when it is ready.</returns>
    public static async Task<int> RunAsync(string? url, string otherwise, Surroundings around, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(around);
        var asked = url is null ? Configured(otherwise, around) : Uri.TryCreate(url, UriKind.Absolute, out var named) && HealthQuestion.IsHttp(named) ? named : null;
        if (asked is null)
        {
            await around.Error.WriteLineAsync(url is null
                ? "No address is listened on (Urls); --url names what is asked."
                : $"--url is '{url}'; a URL such as http://127.0.0.1:8080/readyz is expected.");
            return ExitCode.Usage;
        }

        var answer = await HealthQuestion.AskAsync(asked, cancellationToken);
        await (answer.IsWell ? around.Output : around.Error).WriteLineAsync($"{asked}: {answer.Said}");
        return answer.IsWell ? ExitCode.Ok : ExitCode.Failure;
    }

    // Only the one key is read: a check is no place to complain about the others.
    private static Uri? Configured(string otherwise, Surroundings around)
    {
        using var layers = ConfigurationLayers.Read(null, around.Directory, around.Environment, []);
        var urls = layers.Merged["Urls"];
        return HealthQuestion.Readiness(string.IsNullOrWhiteSpace(urls) ? otherwise : urls);
    }
}
