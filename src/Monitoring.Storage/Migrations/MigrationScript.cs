using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Monitoring.Storage.Migrations;

/// <summary>
/// One numbered script of SQL. Its first line says which programs still run on a database that has it: <c>-- compatible-with: 3</c> means every
/// program that knows script 3 of the same source. The rules for writing one are in MIGRATIONS.md beside this code.
/// </summary>
public sealed class MigrationScript
{
    private const string Header = "-- compatible-with:";

    private MigrationScript(int number, string name, string sql, int compatibleWith) =>
        (Number, Name, Sql, CompatibleWith, Checksum) = (number, name, sql, compatibleWith, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));

    /// <summary>Its number, from 1 without gaps within a source.</summary>
    public int Number { get; }

    /// <summary>The name of its file, for example <c>0001_results.sql</c>.</summary>
    public string Name { get; }

    /// <summary>The statements, lines ending in a line feed alone.</summary>
    public string Sql { get; }

    /// <summary>The lowest script that a program must know to run on a database that has this one; at most <see cref="Number"/>.</summary>
    public int CompatibleWith { get; }

    /// <summary>SHA-256 of <see cref="Sql"/>, hex.</summary>
    public string Checksum { get; }

    /// <summary>Reads a script.</summary>
    /// <param name="fileName">Four digits, an underscore and a name: <c>0001_results.sql</c>.</param>
    /// <param name="text">The text, with line ends of either kind.</param>
    /// <exception cref="FormatException">The name has no number, or the first line is not <c>-- compatible-with: N</c> with an N from 1 to the script's own.</exception>
    public static MigrationScript Parse(string fileName, string text)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(text);
        if (fileName.Length < 6 || fileName[4] != '_' || !int.TryParse(fileName.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            throw new FormatException($"The script '{fileName}' does not begin with four digits and an underscore, such as 0001_results.sql.");
        }

        var sql = text.ReplaceLineEndings("\n");
        var first = sql.AsSpan(0, Math.Max(0, sql.IndexOf('\n', StringComparison.Ordinal)));
        if (!first.StartsWith(Header) || !int.TryParse(first[Header.Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var compatible)
            || compatible < 1 || compatible > number)
        {
            throw new FormatException($"The first line of the script '{fileName}' is not '{Header} N' with N from 1 to {number}.");
        }

        return new MigrationScript(number, fileName, sql, compatible);
    }
}
