using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What became of a nonce.</summary>
internal enum Admission
{
    Admitted,
    Replayed,
    TooMany,
}

/// <summary>
/// How much each region has asked lately, and with which nonces. A region may send 50 requests a second and 200 at once; so within the span in which a
/// time is accepted there cannot be more nonces than are kept here, and none has to be forgotten too early.
/// </summary>
internal sealed class RegionTraffic(TimeSpan tolerance, TimeProvider time)
{
    private const double PerSecond = 50;
    private const double AtOnce = 200;
    private readonly Lock _lock = new();
    private readonly Dictionary<RegionId, Traffic> _regions = [];

    /// <summary>Admits a request whose signature was found good.</summary>
    /// <param name="region">Who sent it; regions that have a key, so there are few.</param>
    /// <param name="nonce">Its nonce.</param>
    /// <param name="signedAt">Its time, which is within the tolerance.</param>
    public Admission Admit(RegionId region, string nonce, DateTimeOffset signedAt)
    {
        var now = time.GetUtcNow();
        var stamp = time.GetTimestamp();
        lock (_lock)
        {
            if (!_regions.TryGetValue(region, out var traffic)) _regions[region] = traffic = new Traffic { Left = AtOnce, At = stamp };
            while (traffic.Order.TryPeek(out _, out var until) && until < now) traffic.Seen.Remove(traffic.Order.Dequeue());
            if (traffic.Seen.Contains(nonce)) return Admission.Replayed;
            traffic.Left = Math.Min(AtOnce, traffic.Left + (time.GetElapsedTime(traffic.At, stamp).TotalSeconds * PerSecond));
            traffic.At = stamp;
            if (traffic.Left < 1) return Admission.TooMany;
            traffic.Left--;
            traffic.Seen.Add(nonce);

            // By its own time, which may lie ahead: the same request is acceptable until then.
            traffic.Order.Enqueue(nonce, signedAt + tolerance);
            return Admission.Admitted;
        }
    }

    private sealed class Traffic
    {
        public HashSet<string> Seen { get; } = [];

        public PriorityQueue<string, DateTimeOffset> Order { get; } = new();

        public double Left { get; set; }

        public long At { get; set; }
    }
}
