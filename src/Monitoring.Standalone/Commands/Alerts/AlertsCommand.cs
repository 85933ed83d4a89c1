using System.CommandLine;
using System.Globalization;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Standalone.Configuration;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor alerts</c>: whether alerts arrive, and which did not.</summary>
internal static class AlertsCommand
{
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(15);

    public static Command Create(Surroundings around)
    {
        var command = new Command("alerts", "Whether alerts arrive, and which did not.");
        command.Subcommands.Add(Test(around));
        command.Subcommands.Add(Dead(around));
        return command;
    }

    private static Command Test(Surroundings around)
    {
        var settings = new SettingOptions();
        var route = new Option<string>("--route") { HelpName = "NAME", Description = "Only the channels of this route. Default: every channel." };
        var command = new Command("test", "Sends a test alert and its end to the configured channels, at once, and says what each answered. Exit code 1 when one did not take it.");
        settings.AddTo(command);
        command.Options.Add(route);
        command.SetAction((parsed, _) => TestAsync(settings.Read(parsed, around), parsed.GetValue(route), around));
        return command;
    }

    private static Command Dead(Surroundings around)
    {
        var settings = new SettingOptions();
        var command = new Command("dead", "Lists the alerts that were given up, the oldest first; also while the monitor runs. Exit code 1 when there are any.");
        settings.AddTo(command);
        command.SetAction((parsed, _) => DeadAsync(settings.Read(parsed, around), around));
        return command;
    }

    private static async Task<int> TestAsync(ParsedConfiguration configuration, string? routeName, Surroundings around)
    {
        var problems = configuration.Problems.Where(p => !p.IsWarning && (p.Key.StartsWith("Alerts", StringComparison.Ordinal) || p.Key == "--set")).ToList();
        var options = configuration.Options.Alerts;
        if (problems.Count == 0 && options.Channels.IsEmpty) problems.Add(new ConfigurationProblem("Alerts:Channels", "No channel is configured, so nobody can be told of anything."));
        var route = routeName is null ? null : options.Router.Routes.FirstOrDefault(r => r.Name == routeName);
        if (routeName is not null && route is null) problems.Add(new ConfigurationProblem("--route", $"There is no route '{routeName}' in Alerts:Routes."));
        if (problems.Count > 0)
        {
            ConfigurationProblem.Print(problems, around.Error);
            return ExitCode.Usage;
        }

        using var interruption = new Interruption();
        using var channels = new ConfiguredChannels(options, around.Time);
        var names = (route?.Channels ?? [.. channels.All.Keys]).Order(StringComparer.Ordinal).ToList();
        var reports = await Task.WhenAll(names.Select(name => TryAsync(name, channels.All[name], around.Time, interruption.Token)));
        foreach (var (_, text) in reports) await around.Output.WriteLineAsync(text);
        return reports.All(r => r.IsTaken) ? ExitCode.Ok : ExitCode.Failure;
    }

    private static async Task<(bool IsTaken, string Text)> TryAsync(string name, IChannel channel, TimeProvider time, CancellationToken stop)
    {
        var start = time.GetTimestamp();
        var opened = Alert(time.GetUtcNow());
        var attempt = await SendAsync(channel, opened, time, stop);
        if (attempt.Verdict == Verdict.Taken)
        {
            var over = opened with { Kind = NotificationKind.Resolved, Sequence = 1, Incident = opened.Incident with { ResolvedAt = time.GetUtcNow() } };
            attempt = await SendAsync(channel, over, time, stop);
        }

        var word = attempt.Verdict switch { Verdict.Taken => "taken", Verdict.Refused => "REFUSED", _ => "FAILED" };
        var status = attempt.Status > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({attempt.Status})") : "";
        return (attempt.Verdict == Verdict.Taken, string.Create(
            CultureInfo.InvariantCulture, $"{name}: {word}{status} in {time.GetElapsedTime(start).TotalMilliseconds:0} ms{(attempt.Answer.Length > 0 ? ": " + attempt.Answer : "")}"));
    }

    private static async Task<Attempt> SendAsync(IChannel channel, Notification notification, TimeProvider time, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(AttemptLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await channel.SendAsync(notification, either.Token);
        }
        catch (OperationCanceledException)
        {
            return new Attempt(Verdict.Failed, 0, $"no answer within {AttemptLimit.TotalSeconds} s");
        }
    }

    // The seconds since 1970 set this test apart from every other, and from the monitor's own canaries.
    private static Notification Alert(DateTimeOffset now) => new(NotificationKind.Opened, 0, new Incident
    {
        Key = new IncidentKey(IncidentRule.Canary, null, null, (int)(now.ToUnixTimeSeconds() % int.MaxValue)),
        Severity = Severity.Page,
        Since = now,
        OpenedAt = now,
        Summary = "Somebody ran 'monitor alerts test'; nothing is wrong.",
    });

    private static async Task<int> DeadAsync(ParsedConfiguration configuration, Surroundings around)
    {
        var path = Path.Combine(Path.GetFullPath(configuration.Options.Data, around.Directory), "outbox.jsonl");
        ImmutableArray<DeadLetter> letters;
        try
        {
            letters = await LogOutbox.ReadDeadAsync(path, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await around.Error.WriteLineAsync($"The outbox cannot be read: {e.Message}");
            return ExitCode.Failure;
        }

        foreach (var letter in letters)
        {
            await around.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{letter.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {letter.Delivery.Channel}  {letter.Delivery.Notification.Incident.Key.Text} #{letter.Delivery.Notification.Sequence} {letter.Delivery.Notification.Kind}  {letter.Status}  {letter.Why}"));
        }

        if (letters.IsEmpty) await around.Error.WriteLineAsync("No alert was given up.");
        return letters.IsEmpty ? ExitCode.Ok : ExitCode.Failure;
    }
}
