using System.Text.Json;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary>
/// The keys that speak for regions, in <c>regions.json</c> of the hub's data. Commands change it while the hub runs: it is written whole under another
/// name, synced and renamed, under a lock of its own; the hub looks at each request whether it changed, so a revocation takes effect at once.
/// </summary>
internal sealed class RegionKeyBook : IRegionKeys, IRegionKeyLedger
{
    private const int MostBytes = 1 << 20;
    private const int MostKeys = 1_000;

    // Two changes may fall into one tick of the file system's clock: a file that young is read every time.
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Action<string>? _onFault;
    private readonly Lock _lock = new();
    private (DateTime WrittenAt, long Length) _seen = (DateTime.MinValue, -1);
    private Dictionary<(RegionId, string), RegionIdentity> _identities = [];
    private string? _fault;

    /// <summary>The book of a data directory; it need not exist yet.</summary>
    /// <param name="data">The directory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onFault">Told, once, when the file cannot be read; nobody is believed until it can.</param>
    public RegionKeyBook(string data, TimeProvider time, Action<string>? onFault = null)
    {
        _path = Path.Combine(Path.GetFullPath(data), "regions.json");
        _time = time;
        _onFault = onFault;
    }

    /// <inheritdoc />
    public RegionIdentity? Find(RegionId region, string keyId)
    {
        lock (_lock)
        {
            try
            {
                var file = new FileInfo(_path);
                var now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : (DateTime.MinValue, 0);
                if (now != _seen || _time.GetUtcNow().UtcDateTime - now.Item1 < Young)
                {
                    _identities = Read().Where(k => k.RevokedAt is null).ToDictionary(
                        k => (k.Region, k.Id), k => new RegionIdentity(k.Region, k.Id, [.. Convert.FromBase64String(k.PublicKey)], k.ClientCertificateSha256));
                    _seen = now;
                }

                _fault = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException or ArgumentException)
            {
                // Whoever could have been revoked is not believed.
                _identities = [];
                _seen = (DateTime.MinValue, -1);
                if (_fault != e.Message) _onFault?.Invoke(e.Message);
                _fault = e.Message;
            }

            return _identities.GetValueOrDefault((region, keyId));
        }
    }

    /// <summary>All keys, revoked ones too, in order of region and issue.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of a newer program.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ImmutableArray<IssuedKey> Read()
    {
        if (!File.Exists(_path)) return [];
        if (new FileInfo(_path).Length > MostBytes) throw new InvalidDataException($"'{_path}' has over {MostBytes} bytes, too much for a list of keys.");
        try
        {
            var read = JsonSerializer.Deserialize(File.ReadAllBytes(_path), IssuedKeysJson.Default.IssuedKeys) ?? throw new JsonException("it is null");
            if (read.Format > IssuedKeys.CurrentFormat) throw new InvalidDataException($"'{_path}' is of format {read.Format}; this program knows {IssuedKeys.CurrentFormat}. Run the program that wrote it, or a newer one.");
            return [.. read.Keys.OrderBy(k => k.Region).ThenBy(k => k.IssuedAt)];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{_path}' is damaged: {e.Message} Restore it, or remove it and issue the keys again.", e);
        }
    }

    /// <inheritdoc />
    public Task<ImmutableArray<RegionKeyEntry>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<RegionKeyEntry>>([.. Read().Select(k => new RegionKeyEntry(k.Region, k.Id, k.IssuedAt, k.RevokedAt, k.ClientCertificateSha256))]);

    /// <inheritdoc />
    public Task AddAsync(RegionKey key, string? clientCertificateSha256, CancellationToken cancellationToken) => ChangeAsync(
        keys => keys.Length >= MostKeys
            ? throw new InvalidOperationException($"'{_path}' holds {keys.Length} keys, which is all it may.")
            : keys.Add(new IssuedKey
            {
                Region = key.Region, Id = key.Id, PublicKey = Convert.ToBase64String(key.PublicKey()), IssuedAt = _time.GetUtcNow(), ClientCertificateSha256 = clientCertificateSha256,
            }),
        cancellationToken);

    /// <inheritdoc />
    public async Task<int> RevokeAsync(RegionId region, string? id, CancellationToken cancellationToken)
    {
        var revoked = 0;
        await ChangeAsync(
            keys =>
            {
                bool IsMeant(IssuedKey key) => key.Region == region && key.RevokedAt is null && (id is null || key.Id == id);
                revoked = keys.Count(IsMeant);
                return [.. keys.Select(k => IsMeant(k) ? k with { RevokedAt = _time.GetUtcNow() } : k)];
            },
            cancellationToken);
        return revoked;
    }

    private async Task ChangeAsync(Func<ImmutableArray<IssuedKey>, ImmutableArray<IssuedKey>> change, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(_path)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var held = await LockAsync(cancellationToken);
        var changed = change(Read());
        var temporary = _path + ".new";
        await using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(new IssuedKeys { Keys = [.. changed] }, IssuedKeysJson.Default.IssuedKeys));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path, overwrite: true);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (_time.GetElapsedTime(began) < LockPatience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), _time, cancellationToken);
            }
        }
    }
}
