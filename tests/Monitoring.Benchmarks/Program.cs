using System.CommandLine;
using Monitoring.Benchmarks;

const int leastRounds = 7;

var rounds = new Option<int>("--rounds") { HelpName = "N", DefaultValueFactory = _ => leastRounds, Description = $"Rounds of each comparison, {leastRounds} and up." };
rounds.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is < leastRounds or > 1000) result.AddError($"--rounds: {leastRounds} to 1000 are possible; fewer than {leastRounds} say nothing.");
});
var force = new Option<bool>("--force")
{
    Description = $"Runs although the machine is busy (load above {Machine.MostLoad}). What comes out is marked and is no measurement.",
};

var root = new RootCommand(
    """
    Measures the monitor, each number beside what it is compared with, in one run: rounds interleaved, server and client on different
    cores, every raw value kept in artifacts/benchmarks/NAME.json.
    Exit codes: 0 every goal met, 1 a goal missed or nothing measured, 2 wrong usage, 3 refused because the machine is busy.
    """);
Add("serve", "aggregated_stats with 100 and 10,000 orchestrators against a constant body of the same length from the same server.", ServeBenchmark.RunAsync);
Add("window", "A window of 8, 48 and 4,096 samples: add one, expire one, score; against a plain fold over an array.", WindowBenchmark.RunAsync);
Add("evidence", "A test, and a liveness check, told to the anomaly rule: a network of 100,000 orchestrators against one of 1,000.", EvidenceBenchmark.RunAsync);
Add("visible", "From a result's report to its score on the board and in aggregated_stats: 10,000 orchestrators against 100.", VisibleBenchmark.RunAsync);
Add("lease", "Leases of 20 waiting regions over HTTP, signed: processor time per 1,000 and p99, against plain POSTs.", LeaseBenchmark.RunAsync);
Add("start", "From process start to the first answer: 30 days of history for 100 orchestrators, and a day for 10,000, in the journal and in PostgreSQL against an empty directory.", StartBenchmark.RunAsync);
Add("postgres", "Results per second into PostgreSQL, each acknowledged once committed, against one COPY of the same rows.", PostgresBenchmark.RunAsync);
Add("sign", "A ticket's signature, v included, against the platform's bare one; and its share of a paid test's processor time against an unpaid test.", SigningBenchmark.RunAsync);
Add("all", "All of them, one after the other.", async bench =>
{
    await ServeBenchmark.RunAsync(bench);
    await WindowBenchmark.RunAsync(bench);
    await EvidenceBenchmark.RunAsync(bench);
    await VisibleBenchmark.RunAsync(bench);
    await StartBenchmark.RunAsync(bench);
    await LeaseBenchmark.RunAsync(bench);
    await PostgresBenchmark.RunAsync(bench);
    await SigningBenchmark.RunAsync(bench);
});

// The processes that are measured: this program again, started by a benchmark on a core of their own.
var count = new Argument<int>("orchestrators");
var changes = new Argument<bool>("changes");
var serveServer = new Command("serve-server") { count, changes };
serveServer.Hidden = true;
serveServer.SetAction((parsed, stop) => ServeServer.RunAsync(parsed.GetValue(count), parsed.GetValue(changes), stop));
root.Subcommands.Add(serveServer);
var directory = new Argument<string>("directory");
var visibleServer = new Command("visible-server") { count, directory };
visibleServer.Hidden = true;
visibleServer.SetAction((parsed, stop) => VisibleServer.RunAsync(parsed.GetValue(count), parsed.GetValue(directory)!, stop));
root.Subcommands.Add(visibleServer);
var leaseServer = new Command("lease-server") { directory };
leaseServer.Hidden = true;
leaseServer.SetAction((parsed, stop) => LeaseServer.RunAsync(parsed.GetValue(directory)!, stop));
root.Subcommands.Add(leaseServer);
var paid = new Argument<bool>("paid");
var paidServer = new Command("paid-server") { paid };
paidServer.Hidden = true;
paidServer.SetAction((parsed, stop) => PaidTestServer.RunAsync(parsed.GetValue(paid), stop));
root.Subcommands.Add(paidServer);

var parsed = root.Parse(args);
return parsed.Errors.Count > 0 ? Refuse(parsed) : await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

void Add(string name, string description, Func<Bench, Task> run)
{
    var command = new Command(name, description) { rounds, force };
    command.SetAction((parsed, stop) => Bench.RunAsync(parsed.GetValue(rounds), parsed.GetValue(force), run, stop));
    root.Subcommands.Add(command);
}

static int Refuse(ParseResult parsed)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("--help tells what there is.");
    return ExitCode.Usage;
}
