using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Net;
using Monitoring.Simulator;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Wallet;
using Monitoring.Storage;
using Monitoring.Testing;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>One paid test of every node that does something to our money, each with its own books, run once for all rows of the table.</summary>
public sealed class RefusingFleet : IAsyncLifetime
{
    // The price of a session changes with the third result, so the fourth segment is the first to be asked for at the new one.
    private const int Segments = 4;
    private const int AtATime = 5;
    private const int MostTries = 4;
    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private static readonly OrchestratorLimits Patient = new()
    {
        Connect = TimeSpan.FromSeconds(20), Call = TimeSpan.FromSeconds(20), Headers = TimeSpan.FromSeconds(30), Result = TimeSpan.FromSeconds(30), Download = TimeSpan.FromSeconds(20),
    };

    private static readonly StreamTestOptions Options = new() { Limits = Patient, Dial = new DialPolicy { AllowLoopback = true }, LateLimit = TimeSpan.FromMinutes(2) };

    private readonly Dictionary<string, RefusedTest> _tests = [];

    /// <summary>What a chain does while a test is under way, by the name of the row: then a refusal is true.</summary>
    internal static IReadOnlyDictionary<string, Action<SimulatedChain, Address, Address>> Truths { get; } = new Dictionary<string, Action<SimulatedChain, Address, Address>>
    {
        ["really-unlocking"] = (chain, payer, _) => chain.SetSender(payer, new SenderFacts { WithdrawRound = 43 }),
        ["really-no-reserve"] = (chain, payer, _) => chain.SetSender(payer, new SenderFacts { ReserveRemaining = 1 }),
        ["really-inactive"] = (chain, _, node) => chain.Deactivate(node),
        ["really-expired"] = (chain, _, _) => chain.Change(facts => facts with { L1Block = facts.L1Block + 40 }),
    };

    /// <summary>What each row may spend.</summary>
    internal static SpendCaps Caps { get; } = new()
    {
        PerTest = BigInteger.Pow(10, 16), PerOrchestratorDay = BigInteger.Pow(10, 16), PerRegionDay = BigInteger.Pow(10, 17), PerDay = BigInteger.Pow(10, 17),
    };

    /// <summary>The test of a row.</summary>
    internal RefusedTest this[string name] => _tests[name];

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var free = new SemaphoreSlim(AtATime);
        var rows = Behaviour.AllPaid.Select(behaviour => (behaviour.Name, Behaviour: behaviour)).Concat(Truths.Keys.Select(name => (Name: name, Behaviour: Behaviour.Fast)));
        foreach (var test in await Task.WhenAll(rows.Select(async row =>
                 {
                     await free.WaitAsync(cancel);
                     try
                     {
                         return await TestAsync(row.Name, row.Behaviour, cancel);
                     }
                     finally
                     {
                         free.Release();
                     }
                 })))
        {
            _tests.Add(test.Name, test);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A busy machine may drop a segment, which says nothing of the money: such a test is run again, on fresh books.
    private static async Task<RefusedTest> TestAsync(string name, Behaviour behaviour, CancellationToken cancel)
    {
        RefusedTest test;
        var tries = 0;
        do test = await TestOnceAsync(name, behaviour, cancel);
        while (++tries < MostTries && test.Result.Evidence.Segments.Any(segment => segment.Outcome.Code is OutcomeCode.Dropped or OutcomeCode.OurOverload));
        return test;
    }

    private static async Task<RefusedTest> TestOnceAsync(string name, Behaviour behaviour, CancellationToken cancel)
    {
        using var scratch = new Scratch();
        var simulated = new SimulatedChain();
        await using var fleet = await SimulatedFleet.StartAsync(
            new FleetOptions { Nodes = [new NodeOptions { Name = name, Behaviour = behaviour }], OnChain = new OnChainOptions { Chain = simulated } }, cancel);
        var node = fleet.Nodes[0];
        await using var memory = await KeyedLog.OpenAsync(scratch.At("state.jsonl"), null, cancel);
        var now = TimeProvider.System.GetUtcNow();
        var budget = await Budget.OpenAsync(Caps, memory, now, cancel);
        var job = (await budget.ReserveAsync(Job(node, now), now, cancel))!;
        var reserved = budget.Total;

        using var wallet = await OpenedWallet.OpenAsync(await PaidNetwork.KeyAsync(), fleet.Chain!, Caps, scratch.Path, TimeProvider.System, cancel);
        var change = Truths.TryGetValue(name, out var truth) ? new Change(() => truth(simulated, wallet.Address, node.Signer.Address)) : null;
        var result = await StreamTest.Create(Clip.Embedded.Take(Segments), Options, wallet.Paymaster, TimeProvider.System).RunAsync(job, change, cancel);
        await budget.SettleAsync(result.Id, result.Summary.Spend.Wei(), cancel);
        return new RefusedTest(
            name, result, node.Counters.Senders.GetValueOrDefault(wallet.Address) ?? new SenderAccount(), wallet.SpentToday(),
            SpendJournalFile.Peek(OpenedWallet.JournalIn(scratch.Path)).ToImmutableArray(), reserved, budget.Total);
    }

    private static TestJob Job(SimulatedNode node, DateTimeOffset now) => new()
    {
        Id = TestId.Planned(DateOnly.FromDateTime(now.UtcDateTime), 0, Fra, node.Id), Orchestrator = node.Id, Region = Fra, ServiceUri = node.Uri.GetLeftPart(UriPartial.Authority),
        NotBefore = now, NotAfter = now.AddMinutes(30), Deadline = now.AddMinutes(30),
    };

    /// <summary>Turns the world after the first segment.</summary>
    private sealed class Change(Action turn) : IStreamTestObserver
    {
        public void Discovered(int stream, DiscoveryAnswer found)
        {
        }

        public void SegmentEnded(SegmentEvidence segment)
        {
            if (segment.Seq == 0) turn();
        }
    }
}

/// <summary>A test and the books of everybody after it.</summary>
/// <param name="Name">The row.</param>
/// <param name="Result">What the test found.</param>
/// <param name="Theirs">The node's account of us.</param>
/// <param name="LedgerToday">What our ledger says was spent.</param>
/// <param name="Journal">What our journal holds.</param>
/// <param name="Reserved">What the hub had reserved.</param>
/// <param name="Kept">What the hub counts as spent after the report.</param>
internal sealed record RefusedTest(
    string Name, TestResult Result, SenderAccount Theirs, Rational LedgerToday, ImmutableArray<SpendEntry> Journal, BigInteger Reserved, BigInteger Kept);
