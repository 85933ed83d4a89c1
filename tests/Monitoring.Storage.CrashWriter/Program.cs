using System.Globalization;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;

// Writes until it is killed, and says on standard output what it was told is durable: "+id" kept, "?id" about to be removed, "-id" removed.
// Arguments: what to write (outcomes, spool, state, lock; postgres), the data directory (or the address of the database), the first number.
if (args is not [var what, var path, var first])
{
    Console.Error.WriteLine("usage: (outcomes|spool|state|lock|postgres) DIRECTORY-OR-ADDRESS FIRST-NUMBER");
    return 2;
}

var gate = new Lock();
var number = int.Parse(first, CultureInfo.InvariantCulture) - 1;
if (what == "postgres")
{
    await using var store = await PostgresResultStore.OpenAsync(PostgresUrl.Parse(path), new PostgresRetention(), TimeProvider.System, null, CancellationToken.None);
    await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => AppendForEverAsync(store)));
    return 0;
}

StateDirectory directory;
try
{
    directory = StateDirectory.Open(path, TimeProvider.System);
}
catch (StateDirectoryException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}

using var held = directory;
switch (what)
{
    case "outcomes":
        await using (var store = await JournalResultStore.OpenAsync(directory.Journal, TimeProvider.System, null, CancellationToken.None))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AppendForEverAsync(store)));
        }

        break;
    case "spool":
        await using (var spool = FileSpool.Open(directory.Spool, SpoolFormat.TestResult, new SpoolBounds(), TimeProvider.System, null))
        {
            while (true)
            {
                var result = Result(Interlocked.Increment(ref number));
                await spool.AddAsync(result.Id, result, CancellationToken.None);
                Say("+" + result.Id);
                if (number % 2 == 0) continue;
                Say("?" + result.Id);
                await spool.RemoveAsync(result.Id, CancellationToken.None);
                Say("-" + result.Id);
            }
        }

    case "state":
        await using (var log = await KeyedLog.OpenAsync(directory.State, null, CancellationToken.None))
        {
            var padding = new string('x', 40_000);
            while (true)
            {
                // Few keys and long values: it compacts every few dozen changes.
                var key = string.Create(CultureInfo.InvariantCulture, $"key{Interlocked.Increment(ref number) % 4}");
                await log.PutAsync("count", key, string.Create(CultureInfo.InvariantCulture, $"[{number},\"{padding}\"]"), CancellationToken.None);
                Say(string.Create(CultureInfo.InvariantCulture, $"+{key}={number}"));
            }
        }

    case "lock":
        Say("locked");
        await Console.In.ReadLineAsync();
        break;
    default:
        return 2;
}

return 0;

async Task AppendForEverAsync(IResultStore store)
{
    while (true)
    {
        var result = Result(Interlocked.Increment(ref number));
        var revision = new OutcomeRevision
        {
            Test = result.Id,
            Revision = OutcomeRevision.Measured,
            Orchestrator = result.Orchestrator,
            Region = result.Region,
            TestTime = result.PlannedAt,
            RecordedAt = result.PlannedAt.AddMinutes(1),
            Outcome = result.Outcome,
            Summary = result.Summary,
        };
        if (await store.AppendAsync(revision, result.Evidence, CancellationToken.None)) Say("+" + result.Id);
    }
}

static TestResult Result(int number) => new()
{
    Id = TestId.OnDemand(number.ToString(CultureInfo.InvariantCulture)),
    Orchestrator = OrchestratorId.Parse("0x00000000000000000000000000000000000000aa"),
    Region = RegionId.Parse("MDW"),
    // Two days in turn, so that a batch touches several files.
    PlannedAt = new DateTimeOffset(2026, 11, 20 + (number % 2), 12, 0, 0, TimeSpan.Zero).AddSeconds(number % 40_000),
    Outcome = new Outcome(OutcomeCode.Completed),
    Summary = new TestSummary
    {
        StartedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        Method = TestMethod.StreamTest("clip1", 15, 1),
        Sums = new ScoreSums(60, 60, 30_000_000, 4_000_000),
        Averages = default,
    },
    Evidence = new TestEvidence { DialledAddress = "192.0.2.1:8935", Transcoder = new string('t', number % 5_000) },
};

void Say(string line)
{
    lock (gate)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
