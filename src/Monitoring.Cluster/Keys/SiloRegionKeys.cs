using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Status;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Keys;

/// <summary>
/// The keys that speak for regions as one hub silo knows them, read every <see cref="HubRules.ViewEvery"/>. After a minute without a database
/// nobody is believed: whoever was revoked meanwhile would be.
/// </summary>
internal sealed class SiloRegionKeys(RegionKeyTable table, TimeProvider time) : IRegionKeys, ISiloView
{
    private static readonly TimeSpan BelievedFor = TimeSpan.FromMinutes(1);
    private Seen _seen = new(DateTimeOffset.MinValue, []);

    /// <inheritdoc />
    public RegionIdentity? Find(RegionId region, string keyId)
    {
        var seen = Volatile.Read(ref _seen);
        return time.GetUtcNow() - seen.At > BelievedFor ? null : seen.Keys.GetValueOrDefault((region, keyId));
    }

    /// <inheritdoc />
    public async Task PullAsync()
    {
        var askedAt = time.GetUtcNow();
        var keys = await table.ReadAsync(CancellationToken.None);
        Volatile.Write(ref _seen, new Seen(askedAt, keys.Where(k => k.RevokedAt is null).ToDictionary(k => (k.Identity.Region, k.Identity.KeyId), k => k.Identity)));
    }

    private sealed record Seen(DateTimeOffset At, Dictionary<(RegionId Region, string Id), RegionIdentity> Keys);
}
