using Monitoring.Core;
using Monitoring.Storage.Postgres;

namespace Monitoring.Web;

/// <summary>Reads <c>Store</c>: the database that results go to, if there is one.</summary>
/// <param name="keys">The settings.</param>
public sealed class StoreSection(KeyReader keys)
{
    private const int LongestDays = 36_500;

    /// <summary>The database; null when none is named, and results go to the journal.</summary>
    public StoreOptions? Read()
    {
        var url = Url();
        var password = keys.Secret("Store:Password", "Store:PasswordFile");
        var retention = new PostgresRetention { ResultDays = keys.Number("Store:RetentionDays", new PostgresRetention().ResultDays, 0, LongestDays), EvidenceDays = keys.Number("Store:EvidenceDays", 0, 0, LongestDays) };
        var migrate = keys.Switch("Store:Migrate", true);
        if (retention.ResultDays is > 0 and < PostgresRetention.FewestDays)
            keys.Problem("Store:RetentionDays", $"{retention.ResultDays} days are fewer than a start replays; at least {PostgresRetention.FewestDays} are expected, or 0 to keep outcomes for ever.");
        if (retention.EvidenceDays is > 0 and < PostgresRetention.FewestEvidenceDays)
            keys.Problem("Store:EvidenceDays", $"{retention.EvidenceDays} days are too few; at least {PostgresRetention.FewestEvidenceDays} are expected, or 0 to keep evidence as long as outcomes.");
        if (url is null)
        {
            foreach (var key in new[] { "Store:Password", "Store:PasswordFile", "Store:RetentionDays", "Store:EvidenceDays", "Store:Migrate" })
            {
                if (keys.Text(key) is not null) keys.Warn(key, "It is without effect: no database is named (Store:Url), and the journal keeps everything.");
            }

            return null;
        }

        if (password is not null && url.HasPassword) keys.Problem("Store:Password", "The address of the database has a password as well; keep one of the two.");
        return new StoreOptions(password is { } secret ? url.WithPassword(secret.Reveal()) : url, retention, migrate);
    }

    private PostgresUrl? Url()
    {
        // The address may hold a password: it is treated as a secret until it is known that it does not.
        var text = keys.Text("Store:Url");
        var file = keys.Text("Store:UrlFile");
        if (text is not null && file is not null) keys.Problem("Store:UrlFile", "Store:Url is set as well; keep one of the two.");
        var key = text is null && file is not null ? "Store:UrlFile" : "Store:Url";
        var address = text ?? (file is null ? null : keys.SecretFile(key, file)?.Reveal());
        if (address is null)
        {
            keys.Show(key, file ?? "");
            return null;
        }

        if (!PostgresUrl.TryParse(address, out var url, out var problem))
        {
            keys.Show(key, Secret.Mask);
            keys.Problem(key, $"That is not the address of a database: {problem}.");
            return null;
        }

        keys.Show(key, file is not null && text is null ? $"{file} ({url!.Display})" : url!.Display);
        if (url.HasPassword && text is not null && keys.OriginOf(key) == "command line")
            keys.Problem(key, "A password does not belong on the command line, where every user of the machine can read it; put it into PGPASSWORD, a password file (PGPASSFILE, Store:PasswordFile) or the whole address into Store:UrlFile.");
        return url;
    }
}
