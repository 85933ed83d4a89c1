using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Net;
using Monitoring.Simulator;

namespace Monitoring.Benchmarks;

/// <summary>The processor time of whole tests in real time, paid and unpaid in turn, and how much of it goes into signatures.</summary>
internal static class PaidTestBenchmark
{
    private const int Segments = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Bench bench)
    {
        using var paidNode = await Child.StartAsync(Patience, bench.Stop, "paid-server", "true");
        using var freeNode = await Child.StartAsync(Patience, bench.Stop, "paid-server", "false");
        using var key = LocalSigner.FromPrivateKey(System.Security.Cryptography.SHA256.HashData("a key that holds nothing"u8));
        var signer = new CountingSigner(key);
        var chain = new StillChain();
        var watch = new SenderWatch(chain, key.Address, TimeProvider.System);
        using var reserve = new ReserveCheck(chain, watch, TimeProvider.System);
        using var activity = new ActivityCheck(chain, TimeProvider.System);
        var folder = Directory.CreateTempSubdirectory("monitoring-benchmark-");
        try
        {
            using var journal = SpendJournalFile.Open(Path.Combine(folder.FullName, "spend.jsonl"), TimeProvider.System);
            using var ledger = new TicketLedger(journal, journal.Written, TimeProvider.System);
            var paymaster = await OnChainPaymaster.CreateAsync(signer, watch, reserve, activity, ledger, new PaymentLimits(), TimeProvider.System, bench.Stop);
            await bench.CompareAsync(new Comparison
            {
                Name = "paid-test",
                Title = Invariant($"a test of {Segments} segments in real time"),
                Metrics =
                [
                    new Metric("processor time", "ms/segment", "0.00"), new Metric("of it in signatures", "%", "0.00"), new Metric("signatures", "per segment", "0.0"),
                ],
                Contestants =
                [
                    new Contestant("paid", () => RoundAsync(paymaster, paidNode.Port, signer, bench.Stop)),
                    new Contestant("unpaid", () => RoundAsync(OffChainPaymaster.Instance, freeNode.Port, signer, bench.Stop)),
                ],
                Notes =
                [
                    "processor time of this whole process: TLS, uploads, downloads, judging, tickets, the synced journal of what was spent, and the runtime",
                    "a segment takes one signature for its credentials and one for each ticket; stock prices and stock ticket values",
                ],
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double[]> RoundAsync(IPaymaster paymaster, int port, CountingSigner signer, CancellationToken stop)
    {
        var test = StreamTest.Create(
            Clip.Embedded.Take(Segments), new StreamTestOptions { Dial = new DialPolicy { AllowLoopback = true }, LateLimit = TimeSpan.FromMinutes(1) }, paymaster, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var job = new TestJob
        {
            Id = TestId.OnDemand(Guid.NewGuid().ToString("N")), Orchestrator = OrchestratorId.Parse("0x00000000000000000000000000000000000000aa"), Region = RegionId.Parse("FRA"),
            ServiceUri = Invariant($"https://127.0.0.1:{port}"), NotBefore = now, NotAfter = now.AddMinutes(5), Deadline = now.AddMinutes(5),
            Allowance = ReferenceEquals(paymaster, OffChainPaymaster.Instance) ? null : BigInteger.Pow(10, 16),
        };
        var (signatures, signing) = (signer.Count, signer.Nanoseconds);
        var before = Environment.CpuUsage.TotalTime;
        var result = await test.RunAsync(job, null, stop);
        var used = Environment.CpuUsage.TotalTime - before;
        if (result.Outcome.Code != OutcomeCode.Completed) throw new BenchmarkException($"The test did not bring everything: {result.Outcome}.");
        return [used.TotalMilliseconds / Segments, (signer.Nanoseconds - signing) / 1e6 / used.TotalMilliseconds * 100, (double)(signer.Count - signatures) / Segments];
    }

    /// <summary>Counts signatures and their processor time.</summary>
    private sealed class CountingSigner(LocalSigner inner) : ISigner
    {
        private long _count;
        private long _nanoseconds;

        public long Count => Volatile.Read(ref _count);

        public long Nanoseconds => Volatile.Read(ref _nanoseconds);

        public Address Address => inner.Address;

        public ValueTask<Signature> SignPersonalAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
        {
            var start = ThreadClock.Nanoseconds();
            var signed = inner.SignPersonalAsync(message, cancellationToken);
            Interlocked.Add(ref _nanoseconds, ThreadClock.Nanoseconds() - start);
            Interlocked.Increment(ref _count);
            return signed;
        }

        public ValueTask<Signature> SignHashAsync(ReadOnlyMemory<byte> hash32, CancellationToken cancellationToken) => inner.SignHashAsync(hash32, cancellationToken);
    }

    /// <summary>The chain that the node in the other process makes up, as far as a payer reads it.</summary>
    private sealed class StillChain : IChain
    {
        private static readonly ChainFacts Facts = new();
        private static readonly SenderFacts Funds = new();

        public Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken) => Task.FromResult(Head());

        public Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken) =>
            Task.FromResult(new SenderInfo(Funds.Deposit, Funds.WithdrawRound, Funds.ReserveRemaining, Funds.ReserveClaimed));

        public Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken) => Task.FromResult(new RoundInfo(Facts.Round, Facts.Round, true, Facts.RoundBlockHash));

        public Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken) => Task.FromResult(new ActiveSet(Head(), Facts.Round, []));

        public Task<BigInteger> GetGasPriceAsync(CancellationToken cancellationToken) => Task.FromResult(Facts.GasPrice);

        private static ChainHead Head() => new(1, default, (long)Facts.L1Block, TimeProvider.System.GetUtcNow());
    }
}
