namespace Monitoring.Benchmarks;

/// <summary>One run of the program: how many rounds, on what machine, and whether the goals were met.</summary>
internal sealed class Bench
{
    private bool _missed;

    private Bench(int rounds, bool isForced, CancellationToken stop) => (Rounds, IsForced, Stop) = (rounds, isForced, stop);

    /// <summary>Rounds of each comparison.</summary>
    public int Rounds { get; }

    /// <summary>True when it was too busy at the start and run all the same.</summary>
    public bool IsForced { get; }

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Looks at the machine, and runs if it is quiet or must.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(int rounds, bool force, Func<Bench, Task> run, CancellationToken stop)
    {
        var load = Machine.Load();
        var isBusy = load is null || load > Machine.MostLoad;
        Console.WriteLine(string.Join(Environment.NewLine, Machine.Describe().Select(fact => $"{fact.Key,-10} {fact.Value}")));
        if (isBusy)
        {
            var why = load is null ? "The load of this machine cannot be told" : Invariant($"The load of this machine is {load:0.00}, above {Machine.MostLoad}");
            if (!force)
            {
                Console.Error.WriteLine($"{why}: what would come out is noise. Wait until it is quiet, or try with --force.");
                return ExitCode.Busy;
            }

            Console.WriteLine($"FORCED     {why}: this is a trial, not a measurement.");
        }

        var bench = new Bench(rounds, isBusy, stop);
        try
        {
            await run(bench);
        }
        catch (Exception e) when (e is BenchmarkException or IOException or OperationCanceledException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Missed;
        }

        return bench._missed ? ExitCode.Missed : ExitCode.Ok;
    }

    /// <summary>Runs a comparison, prints its table and writes its file.</summary>
    public async Task CompareAsync(Comparison comparison)
    {
        Console.WriteLine();
        Console.WriteLine($"== {comparison.Name}: {comparison.Title}");
        var outcome = await comparison.RunAsync(Rounds, Stop);
        Report.Print(comparison, outcome, Console.Out);
        foreach (var goal in comparison.Goals)
        {
            var (met, text) = goal.Judge(outcome);
            _missed |= !met;
            Console.WriteLine($"goal {(met ? "met" : "MISSED")}: {text}");
        }

        var file = await Report.WriteAsync(comparison, outcome, this);
        Console.WriteLine($"raw values: {file}");
    }
}

/// <summary>Something that is measured did not do what it should; the message says what.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
