using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary>Opens what a hub needs to lead regions of other processes, with the keys and the seal of its data directory.</summary>
internal static partial class LedRegions
{
    private const string Kind = "hub";
    private const string Key = "seal";

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">The certificate cannot be read, or the seal not kept.</exception>
    public static async Task<RemoteRegions> OpenAsync(MonitorOptions options, MonitorHub hub, IStateLog memory, string data, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var regions = options.Remote.Regions;
        var log = logs.CreateLogger<RemoteRegions>();
        var refused = new RefusedRegions(regions, time, logs.CreateLogger<RefusedRegions>());
        var keys = new RegionKeyBook(data, time, fault => LogKeysUnreadable(log, fault));
        foreach (var region in regions.Where(r => !keys.Read().Any(k => k.Region == r && k.RevokedAt is null))) LogNoKey(log, region);
        var remote = new RemoteHub(hub, regions, options.Tests.Method, await SealAsync(memory, cancellationToken), refused, time);
        return new RemoteRegions(options.Remote, remote, keys, refused);
    }

    /// <summary>The seal of leases. Its secret is drawn at the first start and kept: results of before a restart are recognised after it.</summary>
    /// <exception cref="StorageFullException">The secret could not be kept.</exception>
    public static async Task<LeaseSeal> SealAsync(IStateLog memory, CancellationToken cancellationToken)
    {
        if (memory.Find(Kind, Key) is { } kept) return new LeaseSeal(Convert.FromBase64String(JsonSerializer.Deserialize<string>(kept)!));
        var secret = RandomNumberGenerator.GetBytes(LeaseSeal.SecretLength);
        await memory.PutAsync(Kind, Key, JsonSerializer.Serialize(Convert.ToBase64String(secret)), cancellationToken);
        return new LeaseSeal(secret);
    }

    [LoggerMessage(5110, LogLevel.Error, "The keys of the regions cannot be read, so no region is believed: {Why}")]
    private static partial void LogKeysUnreadable(ILogger log, string why);

    [LoggerMessage(5111, LogLevel.Warning, "No key speaks for {Region} yet: 'monitor region add {Region} --out FILE' issues one")]
    private static partial void LogNoKey(ILogger log, RegionId region);
}
