using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Storage.Transfer;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor import</c>: fills one store from another, or from the table of the old leaderboard server.</summary>
internal static class ImportCommand
{
    private const int MostListed = 20;
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(1);

    public static Command Create(string name, string description, Surroundings around)
    {
        var from = new Option<string>("--from") { HelpName = "PLACE", Description = "Where results come from: a data directory, on which no monitor runs, or postgres://user@host/database." };
        var events = new Option<string>("--from-events") { HelpName = "URL", Description = "The database of a leaderboard-serverless, whose table of events is read and not changed." };
        var to = new Option<string>("--to") { HelpName = "PLACE", Required = true, Description = "Where they go: a data directory, made if there is none, or a database (monitor migrate makes its tables)." };
        var command = new Command(name, description + " Passwords come from PGPASSWORD or PGPASSFILE.");
        command.Options.Add(from);
        command.Options.Add(events);
        command.Options.Add(to);
        command.SetAction(async (parsed, _) =>
        {
            var (source, legacy, target) = (parsed.GetValue(from), parsed.GetValue(events), parsed.GetValue(to)!);
            var problems = new List<string>();
            if ((source is null) == (legacy is null)) problems.Add("Exactly one of --from and --from-events is expected.");
            if (legacy is not null && !StorePlace.IsAddress(legacy)) problems.Add("--from-events: the address of a database is expected, postgres://user@host/database.");
            foreach (var (option, text) in new[] { ("--from", source), ("--from-events", legacy), ("--to", target) })
            {
                if (text is null || !StorePlace.IsAddress(text)) continue;
                if (!PostgresUrl.TryParse(text, out var url, out var problem)) problems.Add($"{option}: that is not the address of a database: {problem}.");
                else if (url!.HasPassword) problems.Add($"{option}: a password does not belong on the command line, where every user of the machine can read it; put it into PGPASSWORD or a password file (PGPASSFILE).");
            }

            foreach (var problem in problems) await around.Error.WriteLineAsync(problem);
            if (problems.Count > 0) return ExitCode.Usage;
            using var interruption = new Interruption();
            return await RunAsync(source, legacy, target, around, interruption.Token);
        });
        return command;
    }

    private static async Task<int> RunAsync(string? source, string? legacy, string target, Surroundings around, CancellationToken stop)
    {
        try
        {
            await using var to = await StorePlace.OpenAsync(target, around, stop);
            if (legacy is not null) return await ImportEventsAsync(PostgresUrl.Parse(legacy), to, around, stop);
            await using var from = await StorePlace.OpenAsync(source!, around, stop);
            if (await from.IsSimulatedAsync(stop) is { } simulated) await to.ClaimAsync(simulated, stop);
            var said = DateTimeOffset.MinValue;
            var totals = await StoreTransfer.CopyAsync(from.Days, to.Results, to.Days, Progress, stop);
            await around.Error.WriteLineAsync($"{Said(totals)} in {to.Display}.");
            return ExitCode.Ok;

            void Progress(DateOnly day, TransferTotals so)
            {
                if (around.Time.GetUtcNow() - said < BetweenLines) return;
                said = around.Time.GetUtcNow();
                around.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}  {Said(so)}"));
            }
        }
        catch (IOException e)
        {
            await around.Error.WriteLineAsync($"{e.Message} What was written stays; the same command goes on from there.");
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static async Task<int> ImportEventsAsync(PostgresUrl events, StorePlace to, Surroundings around, CancellationToken stop)
    {
        // Whoever posted to the old server measured real orchestrators.
        await to.ClaimAsync(simulated: false, stop);
        var (skipped, said) = (0L, around.Time.GetUtcNow());
        var totals = await StoreTransfer.AppendAsync(ReadAsync(stop), to.Results, new TransferTotals(), stop);
        await around.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Said(totals)}, {skipped} rows skipped in {to.Display}."));
        return ExitCode.Ok;

        async IAsyncEnumerable<StoredResult> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var row in LegacyEventTable.ReadAsync(events, cancellationToken))
            {
                if (around.Time.GetUtcNow() - said >= BetweenLines)
                {
                    said = around.Time.GetUtcNow();
                    await around.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"event {row.Id} of {row.EventTime:yyyy-MM-dd}, {skipped} skipped"));
                }

                if (LegacyEvents.TryRead(row, around.Time.GetUtcNow(), out var problem) is { } revision)
                {
                    yield return new StoredResult(revision, null);
                    continue;
                }

                if (++skipped <= MostListed) await around.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"event {row.Id} was skipped: {problem}"));
                if (skipped == MostListed) await around.Error.WriteLineAsync("further ones are only counted");
            }
        }
    }

    private static string Said(TransferTotals totals) => string.Create(
        CultureInfo.InvariantCulture,
        $"{totals.Written} outcomes written, {totals.There} were there{(totals.BareDays > 0 ? string.Create(CultureInfo.InvariantCulture, $", {totals.BareDays} days of sums alone") : "")}");
}
