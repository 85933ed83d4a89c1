using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Core;

/// <summary>What a seal says of a lease.</summary>
/// <param name="LeasedAt">When the hub granted it, UTC, milliseconds.</param>
/// <param name="NotAfter">The last instant at which the test could start, UTC, milliseconds.</param>
/// <param name="Deadline">When the region had to stop sending, UTC, milliseconds.</param>
public readonly record struct SealedLease(DateTimeOffset LeasedAt, DateTimeOffset NotAfter, DateTimeOffset Deadline);

/// <summary>
/// Proves that a result is of a test that this hub leased to this region. The hub seals each job with a secret of its own and remembers nothing:
/// the region sends the seal back with the result, however late and over whatever restarts of either.
/// </summary>
/// <remarks>
/// A seal is <c>leasedAt-notAfter-deadline-mac</c>: three instants in Unix milliseconds, and the first 16 bytes of the HMAC-SHA256 over them, the
/// test, the region, the orchestrator and the planned instant, hex.
/// </remarks>
public sealed class LeaseSeal
{
    /// <summary>The longest text that is read.</summary>
    public const int MaximumLength = 96;

    /// <summary>Bytes of the secret.</summary>
    public const int SecretLength = 32;

    private const int MacLength = 16;
    private readonly byte[] _secret;

    /// <summary>Seals with a secret.</summary>
    /// <exception cref="ArgumentException">It has not <see cref="SecretLength"/> bytes.</exception>
    public LeaseSeal(ReadOnlySpan<byte> secret) =>
        _secret = secret.Length == SecretLength ? secret.ToArray() : throw new ArgumentException($"A secret has {SecretLength} bytes, not {secret.Length}.", nameof(secret));

    /// <summary>The job with its seal.</summary>
    public TestJob Seal(TestJob job, DateTimeOffset now)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{Millis(now)}-{Millis(job.NotAfter)}-{Millis(job.Deadline)}");
        return job with { Lease = $"{head}-{Mac(head, job.Id, job.Region, job.Orchestrator, job.NotBefore)}" };
    }

    /// <summary>What the seal of a result says; null when it is none of ours, or of another test, region, orchestrator or instant.</summary>
    public SealedLease? Open(TestResult result)
    {
        if (result.Lease is not { Length: > 0 and <= MaximumLength } text) return null;
        var end = text.LastIndexOf('-');
        if (end < 0) return null;
        var head = text[..end];
        var mac = Mac(head, result.Id, result.Region, result.Orchestrator, result.PlannedAt);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mac), Encoding.UTF8.GetBytes(text[(end + 1)..]))) return null;

        // It is ours, so it is well formed.
        var parts = head.Split('-').Select(p => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(p, NumberStyles.None, CultureInfo.InvariantCulture))).ToArray();
        return new SealedLease(parts[0], parts[1], parts[2]);
    }

    private static long Millis(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    private string Mac(string head, TestId test, RegionId region, OrchestratorId orchestrator, DateTimeOffset plannedAt)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"lease1\n{head}\n{test}\n{region}\n{orchestrator}\n{plannedAt.UtcTicks}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)).AsSpan(0, MacLength));
    }
}
