using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Net;
using Monitoring.Simulator;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Sources;
using Monitoring.Standalone.Wallet;
using Monitoring.Storage;
using Monitoring.Testing.Processes;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>The whole way of the money, on a real chain: pool, wallet, allowance, tickets, credit, redemption.</summary>
[Collection(EndToEnd.OneAtATime.Name)]
public sealed class Fifty_paid_tests
{
    private const int TestsPerNode = 5;
    private const int AtATime = 6;
    private static readonly RegionId Fra = RegionId.Parse("FRA");

    private static readonly Behaviour[] Faulty = [Behaviour.Failing, Behaviour.Missing, Behaviour.WrongSignature, Behaviour.InflatedPixels, Behaviour.PriceDoubled];

    private static readonly SpendCaps Caps = new()
    {
        PerTest = BigInteger.Pow(10, 14), PerOrchestratorDay = BigInteger.Pow(10, 16), PerRegionDay = BigInteger.Pow(10, 17), PerDay = BigInteger.Pow(10, 17),
    };

    [LimitedFact]
    public async Task What_we_count_as_spent_is_what_orchestrators_credit_and_what_wins_is_paid_by_the_contract()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var network = await PaidNetwork.StartAsync(
        [
            .. Enumerable.Range(0, 5).Select(i => new NodeOptions { Name = $"good-{i}", Behaviour = Behaviour.Fast, Price = 40 + (20 * i) }),
            .. Faulty.Select(b => new NodeOptions { Name = b.Name, Behaviour = b, Price = 60 }),
        ]);
        var fleet = network.Fleet!;
        Assert.Equal(0, (await network.MonitorAsync(null, "wallet", "fund", "--deposit", "1 ether", "--reserve", "5 ether", "--yes")).Code);

        // Who is tested, and how much each test may spend.
        var entries = await new ChainSource(network.Chain).ReadAsync(cancel);
        Assert.Equal(fleet.Nodes.Select(n => (n.Id, n.Uri.AbsoluteUri.TrimEnd('/'))), entries.Select(e => (e.Id, e.ServiceUri)));
        await using var memory = await KeyedLog.OpenAsync(network.Scratch.At("state.jsonl"), null, cancel);
        var budget = await Budget.OpenAsync(Caps, memory, TimeProvider.System.GetUtcNow(), cancel);
        var jobs = new List<TestJob>();
        for (var round = 0; round < TestsPerNode; round++)
        {
            foreach (var entry in entries) jobs.Add((await budget.ReserveAsync(Job(entry, round), TimeProvider.System.GetUtcNow(), cancel))!);
        }

        List<TestResult> results;
        Rational today;
        using (var wallet = await OpenedWallet.OpenAsync(await PaidNetwork.KeyAsync(), network.Chain, Caps, Directory.CreateDirectory(network.Scratch.At("data")).FullName, TimeProvider.System, cancel))
        {
            results = await TestAsync(wallet.Paymaster, jobs, cancel);
            today = wallet.SpentToday();
        }

        Assert.Equal(50, results.Count);
        Assert.All(results, r => Assert.InRange(r.Summary.Spend.Wei(), 0, Caps.PerTest));

        // To the wei: each test's own sum, the journal's, and the books of those who were paid.
        foreach (var node in fleet.Nodes)
        {
            var spent = results.Where(r => r.Orchestrator == node.Id).Aggregate(Rational.Zero, (sum, r) => sum + r.Summary.Spend.Expected);
            var books = network.AccountAt(node);
            Assert.Equal(spent, books.Received);
            if (!node.Name.StartsWith("good-", StringComparison.Ordinal)) continue;
            Assert.True(spent.Sign > 0);

            // The nodes are in this process: where the machine stands still they are late. Nothing else may be said of a good one.
            Assert.All(results.Where(r => r.Orchestrator == node.Id), r => Assert.True(
                r.Outcome.Class == OutcomeClass.Void || r.Evidence.Segments.All(s => s.Outcome.Code == OutcomeCode.Completed || IsLateness(s.Outcome.Code)), r.Outcome.ToString()));
            Assert.Equal(spent, books.Credited);
            Assert.Equal(results.Where(r => r.Orchestrator == node.Id).Sum(r => r.Summary.Spend.Tickets), books.TicketsCredited);
        }

        Assert.Equal(today, results.Aggregate(Rational.Zero, (sum, r) => sum + r.Summary.Spend.Expected));
        foreach (var result in results) await budget.SettleAsync(result.Id, result.Summary.Spend.Wei(), cancel);
        Assert.Equal(results.Aggregate(BigInteger.Zero, (sum, r) => sum + r.Summary.Spend.Wei()), budget.Total);
        Assert.Contains(results, r => r.Outcome.Code == OutcomeCode.Completed);
        Assert.DoesNotContain(results, r => r.Outcome.Code is OutcomeCode.OurWallet or OutcomeCode.OurChain or OutcomeCode.OurFault);

        await network.RedeemAllAsync();
        var status = await network.MonitorAsync(null, "wallet", "status");
        Assert.Contains($"spent today  {WeiText.Format(today.Ceiling())} expected", status.Output, StringComparison.Ordinal);
    }

    private static bool IsLateness(OutcomeCode code) =>
        code is OutcomeCode.Dropped or OutcomeCode.UploadTimedOut or OutcomeCode.ResultTimedOut or OutcomeCode.DownloadTimedOut;

    private static async Task<List<TestResult>> TestAsync(IPaymaster paymaster, List<TestJob> jobs, CancellationToken cancel)
    {
        var test = StreamTest.Create(Clip.Embedded.Take(2), new StreamTestOptions { Dial = new DialPolicy { AllowLoopback = true } }, paymaster, TimeProvider.System);
        using var free = new SemaphoreSlim(AtATime);
        return [.. await Task.WhenAll(jobs.Select(async job =>
        {
            await free.WaitAsync(cancel);
            try
            {
                return await test.RunAsync(job, null, cancel);
            }
            finally
            {
                free.Release();
            }
        }))];
    }

    private static TestJob Job(RegistryEntry entry, int round)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new TestJob
        {
            Id = TestId.Planned(DateOnly.FromDateTime(now.UtcDateTime), round, Fra, entry.Id), Orchestrator = entry.Id, Region = Fra, ServiceUri = entry.ServiceUri,
            NotBefore = now, NotAfter = now.AddMinutes(30), Deadline = now.AddMinutes(30),
        };
    }
}
