using System.Globalization;
using System.Net.Sockets;
using Monitoring.Storage.Migrations;
using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// Where a database is and who asks: <c>postgres://user@host:5432/database?sslmode=verify-full</c>. Without a password in it, the one of the
/// environment (<c>PGPASSWORD</c>) or of the password file (<c>PGPASSFILE</c>) is used, as by every client of PostgreSQL.
/// </summary>
/// <remarks>It never shows the password: <see cref="ToString"/> is <see cref="Display"/>.</remarks>
public sealed class PostgresUrl
{
    /// <summary>What may stand behind the question mark.</summary>
    private static readonly ImmutableSortedDictionary<string, string> Settings = new Dictionary<string, string>
    {
        ["host"] = "Host", ["port"] = "Port", ["sslmode"] = "SSL Mode", ["sslrootcert"] = "Root Certificate", ["sslcert"] = "SSL Certificate", ["sslkey"] = "SSL Key",
        ["passfile"] = "Passfile", ["application_name"] = "Application Name", ["target_session_attrs"] = "Target Session Attributes",
        ["connect_timeout"] = "Timeout", ["search_path"] = "Search Path",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private readonly NpgsqlConnectionStringBuilder _connection;

    private PostgresUrl(NpgsqlConnectionStringBuilder connection)
    {
        _connection = connection;
        Display = string.Create(CultureInfo.InvariantCulture, $"postgres://{connection.Host}:{connection.Port}/{connection.Database}");
    }

    /// <summary>Host, port and database, fit to be logged.</summary>
    public string Display { get; }

    /// <summary>True when the password stands in the address itself: whoever can list processes reads it if the address was an argument.</summary>
    public bool HasPassword => !string.IsNullOrEmpty(_connection.Password);

    /// <summary>Reads an address; false, and what is wrong with it, for anything else. The reason never repeats the address.</summary>
    public static bool TryParse(string? text, out PostgresUrl? url, out string problem)
    {
        url = null;
        if (text is null || text.Length > 2_000 || !Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            problem = "it is not of the form postgres://user@host:5432/database";
            return false;
        }

        // Kerberos is no way in here (TLS is), and the driver would look for its library at every connection: small images have none.
        var connection = new NpgsqlConnectionStringBuilder { Host = uri.Host.Trim('[', ']'), ApplicationName = "monitor", GssEncryptionMode = GssEncryptionMode.Disable };
        try
        {
            if (uri.Port > 0) connection.Port = uri.Port;
            var user = uri.UserInfo.Split(':', 2);
            if (user[0].Length > 0) connection.Username = Uri.UnescapeDataString(user[0]);
            if (user.Length > 1) connection.Password = Uri.UnescapeDataString(user[1]);
            connection.Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
            foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = pair.Split('=', 2);
                if (parts.Length < 2 || !Settings.TryGetValue(parts[0], out var name))
                {
                    problem = $"'{parts[0]}' is not a setting of the address; {string.Join(", ", Settings.Keys)} are";
                    return false;
                }

                var value = Uri.UnescapeDataString(parts[1]);
                connection[name] = name is "SSL Mode" or "Target Session Attributes" ? value.Replace("-", name == "SSL Mode" ? "" : "-", StringComparison.Ordinal) : value;
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException)
        {
            problem = $"a part of it is not what PostgreSQL takes: {e.Message}";
            return false;
        }

        if (string.IsNullOrEmpty(connection.Host) || string.IsNullOrEmpty(connection.Database))
        {
            problem = string.IsNullOrEmpty(connection.Host) ? "it names no host" : "it names no database";
            return false;
        }

        url = new PostgresUrl(connection);
        problem = "";
        return true;
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PostgresUrl Parse(string text) =>
        TryParse(text, out var url, out var problem) ? url! : throw new FormatException($"The address of the database is not usable: {problem}.");

    /// <summary>The same address with a password from elsewhere.</summary>
    public PostgresUrl WithPassword(string password) => new(new NpgsqlConnectionStringBuilder(_connection.ConnectionString) { Password = password });

    /// <inheritdoc />
    public override string ToString() => Display;

    /// <summary>
    /// The same as a connection string of Npgsql, for a host's own tables in the same database: times are UTC, what is written is on the disk of the
    /// server, no statement runs longer than 30 s. It holds the password: never log it.
    /// </summary>
    /// <param name="connections">The most connections of the pool, 1 and up.</param>
    public string ForPool(int connections) => new NpgsqlConnectionStringBuilder(ConnectionString(PostgresUse.Write)) { MaxPoolSize = connections }.ConnectionString;

    internal string ConnectionString(PostgresUse use)
    {
        // Whoever waits for a lock that shuts all others out has them wait behind it: upkeep gives up soon, and tries again the next time.
        var (statement, wait, connections) = use switch
        {
            PostgresUse.Write => (30, 10, 2),
            PostgresUse.Read => (600, 10, 8),
            PostgresUse.Upkeep => (600, 2, 2),
            _ => (0, 10, 1),
        };

        // Acknowledged means on the disk of the server, whatever its own default is; texts of times must read the same everywhere; and who has
        // vanished gives up what it holds within half a minute.
        var session = string.Create(
            CultureInfo.InvariantCulture,
            $"-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c synchronous_commit=on -c timezone=UTC -c datestyle=ISO -c lock_timeout={wait}s -c idle_in_transaction_session_timeout=120s -c statement_timeout={statement}s");
        if (use == PostgresUse.Read) session += " -c default_transaction_read_only=on";
        return new NpgsqlConnectionStringBuilder(_connection.ConnectionString)
        {
            Options = session,
            CommandTimeout = statement == 0 ? 0 : statement + 5,
            Timeout = Math.Min(_connection.Timeout, 10),
            CancellationTimeout = 2_000,
            KeepAlive = 30,
            Pooling = use != PostgresUse.Migrate,
            MaxPoolSize = connections,
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 2,
        }.ConnectionString;
    }

    /// <summary>Does something with the database, and says where it failed in words of ours.</summary>
    /// <exception cref="IOException">The database cannot be reached, or refused.</exception>
    internal async Task<T> GuardAsync<T>(string doing, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failed(doing, e);
        }
    }

    /// <inheritdoc cref="GuardAsync{T}" />
    internal async Task GuardAsync(string doing, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failed(doing, e);
        }
    }

    /// <summary>True for whatever a database, the way to it, or its refusal throws.</summary>
    internal static bool IsFailure(Exception e) => e is NpgsqlException or SocketException or TimeoutException || (e is IOException and not MigrationException and not StorageFullException and not StateDirectoryException);

    /// <summary>The same failure in words of ours.</summary>
    internal IOException Failed(string doing, Exception e) => new($"Could not {doing} of {Display}: {Reason(e)}", e);

    /// <summary>What the server or the system said, without values of rows.</summary>
    internal static string Reason(Exception e) => e is PostgresException refused
        ? $"{refused.SqlState} {refused.MessageText}"
        : e.InnerException is { } inner and (SocketException or TimeoutException or IOException) ? $"{e.Message} ({inner.Message})" : e.Message;
}
