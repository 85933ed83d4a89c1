using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage.Postgres;
using Monitoring.Web;
using Npgsql;

namespace Monitoring.Cluster.Keys;

/// <summary>A key that was issued to a region.</summary>
/// <param name="Identity">The region, the key's id, its public half, and the certificate that must be shown.</param>
/// <param name="IssuedAt">When it was issued, UTC.</param>
/// <param name="RevokedAt">When it was revoked, UTC; null while it speaks for the region.</param>
internal sealed record IssuedRegionKey(RegionIdentity Identity, DateTimeOffset IssuedAt, DateTimeOffset? RevokedAt);

/// <summary>The keys that speak for regions, in PostgreSQL: issued and revoked by commands of the host, read by every hub.</summary>
internal sealed class RegionKeyTable(PostgresUrl url) : IRegionKeyLedger, IAsyncDisposable
{
    private const int MostKeys = 1_000;
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(url.ForPool(2));

    /// <inheritdoc />
    public Task AddAsync(RegionKey key, string? clientCertificateSha256, CancellationToken cancellationToken) => GuardAsync("A key could not be issued in", async () =>
    {
        await using var command = _database.CreateCommand(
            "INSERT INTO region_key (region, key_id, public_key, certificate_sha256) SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM region_key) < $5");
        command.Parameters.AddRange((NpgsqlParameter[])[
            new NpgsqlParameter { Value = key.Region.Code }, new NpgsqlParameter { Value = key.Id }, new NpgsqlParameter { Value = key.PublicKey().ToArray() },
            new NpgsqlParameter { Value = (object?)clientCertificateSha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }, new NpgsqlParameter { Value = MostKeys }]);
        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1) throw new InvalidOperationException($"{url.Display} holds {MostKeys} keys of regions, which is all it may.");
        return true;
    });

    /// <inheritdoc />
    /// <remarks>Every hub knows within seconds.</remarks>
    public Task<int> RevokeAsync(RegionId region, string? id, CancellationToken cancellationToken) => GuardAsync("A key could not be revoked in", async () =>
    {
        await using var command = _database.CreateCommand(
            "UPDATE region_key SET revoked_at = now() WHERE region = $1 AND revoked_at IS NULL AND ($2::text IS NULL OR key_id = $2)");
        command.Parameters.AddRange((NpgsqlParameter[])[
            new NpgsqlParameter { Value = region.Code }, new NpgsqlParameter { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }]);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });

    /// <summary>All keys, revoked ones too, in order of region and issue.</summary>
    /// <exception cref="IOException">The database cannot be read.</exception>
    public Task<ImmutableArray<IssuedRegionKey>> ReadAsync(CancellationToken cancellationToken) => GuardAsync("The keys of regions could not be read from", async () =>
    {
        await using var command = _database.CreateCommand(
            "SELECT region, key_id, public_key, certificate_sha256, issued_at, revoked_at FROM region_key ORDER BY region, issued_at, key_id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = ImmutableArray.CreateBuilder<IssuedRegionKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new IssuedRegionKey(
                new RegionIdentity(RegionId.Parse(reader.GetString(0)), reader.GetString(1), [.. reader.GetFieldValue<byte[]>(2)], reader.IsDBNull(3) ? null : reader.GetString(3)),
                reader.GetFieldValue<DateTimeOffset>(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return keys.ToImmutable();
    });

    /// <inheritdoc />
    public async Task<ImmutableArray<RegionKeyEntry>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).Select(k => new RegionKeyEntry(k.Identity.Region, k.Identity.KeyId, k.IssuedAt, k.RevokedAt, k.Identity.ClientCertificateSha256))];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<T> GuardAsync<T>(string what, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new IOException($"{what} {url.Display}: {e.Message}", e);
        }
    }
}
