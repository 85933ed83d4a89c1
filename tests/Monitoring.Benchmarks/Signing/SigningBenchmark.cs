using System.Security.Cryptography;
using Monitoring.Ethereum;

namespace Monitoring.Benchmarks;

/// <summary>
/// What a ticket's signature costs: low s, v, and the proof that it verifies, beside the platform's bare signature with the same key on the
/// same curve; and what share of a whole paid test's processor time all its signatures are.
/// </summary>
internal static class SigningBenchmark
{
    private const double MostMicroseconds = 2_000;
    private const int Messages = 64;
    private static readonly byte[] Secret = SHA256.HashData("a key that holds nothing"u8);

    public static async Task RunAsync(Bench bench)
    {
        await CompareSignaturesAsync(bench);
        await PaidTestBenchmark.RunAsync(bench);
    }

    private static async Task CompareSignaturesAsync(Bench bench)
    {
        using var signer = LocalSigner.FromPrivateKey(Secret);
        using var bare = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue("1.3.132.0.10"), D = Secret });
        var hashes = Enumerable.Range(0, Messages).Select(i => SHA256.HashData(BitConverter.GetBytes(i))).ToArray();
        foreach (var hash in hashes)
        {
            var signature = await signer.SignPersonalAsync(hash, bench.Stop);
            if (PersonalSign.Recover(hash, signature) != signer.Address) throw new BenchmarkException("A signature does not recover to the address of its key.");
        }

        await bench.CompareAsync(new Comparison
        {
            Name = "sign",
            Title = "one ticket's signature, v included",
            Metrics = [new Metric("processor time", "us/signature", "0.0"), new Metric("allocated", "bytes/signature", "0")],
            Contestants =
            [
                new Contestant("ticket", () => Cores.RunAsync(Cores.Server, () => Round(hashes, hash => Ticket(signer, hash)))),
                new Contestant("bare", () => Cores.RunAsync(Cores.Server, () => Round(hashes, hash => bare.SignHash(hash)[0]))),
            ],
            Goals = [Goal.AtMost("ticket", 0, MostMicroseconds)],
            Notes =
            [
                "ticket: LocalSigner.SignPersonalAsync (keccak of the prefixed message, signature, low s, v by multiplying out, which also verifies it)",
                "bare: ECDsa.SignHash of the platform on secp256k1, neither low s nor v",
                "processor time of the one thread that works, so that a busy machine does not count",
            ],
        });
    }

    private static int Ticket(LocalSigner signer, byte[] hash)
    {
        var signing = signer.SignPersonalAsync(hash, CancellationToken.None);
        return signing.IsCompletedSuccessfully ? signing.Result.V : throw new BenchmarkException("The signer did not work on the calling thread.");
    }

    // Passes over all messages until half a second of processor time is used.
    private static double[] Round(byte[][] hashes, Func<byte[], int> sign)
    {
        const long atLeast = 500_000_000;
        var sum = 0;
        var passes = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadClock.Nanoseconds();
        long used;
        do
        {
            foreach (var hash in hashes) sum += sign(hash);
            passes++;
            used = ThreadClock.Nanoseconds() - start;
        }
        while (used < atLeast);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        GC.KeepAlive(sum);
        var signatures = (double)passes * hashes.Length;
        return [used / 1000.0 / signatures, allocated / signatures];
    }
}
