using System.Reflection;
using System.Text;

namespace Monitoring.Storage.Migrations;

/// <summary>
/// Scripts that belong together and are numbered on their own. One database may hold several sources: that of the results is always there,
/// a host that keeps other tables in the same database brings its own.
/// </summary>
public sealed class MigrationSource
{
    /// <summary>Puts scripts together.</summary>
    /// <param name="name">Names the source in the database for ever: 1 to 40 lower-case letters and hyphens.</param>
    /// <param name="scripts">The scripts, in any order; their numbers go from 1 without a gap.</param>
    /// <exception cref="ArgumentException">The name is none, or a number is missing or twice there.</exception>
    public MigrationSource(string name, IEnumerable<MigrationScript> scripts)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > 40 || !name.All(c => char.IsAsciiLetterLower(c) || c == '-')) throw new ArgumentException($"'{name}' is not the name of a source of scripts.", nameof(name));
        Name = name;
        Scripts = [.. scripts.OrderBy(script => script.Number)];
        for (var i = 0; i < Scripts.Length; i++)
        {
            if (Scripts[i].Number != i + 1) throw new ArgumentException($"The scripts of '{name}' are not numbered from 1 without a gap: at place {i + 1} stands {Scripts[i].Name}.", nameof(scripts));
        }
    }

    /// <summary>The tables of results (<see cref="Postgres.PostgresResultStore"/>).</summary>
    public static MigrationSource Results { get; } = Embedded("results", typeof(MigrationSource).Assembly, "Monitoring.Storage.Sql.");

    /// <summary>The table of what a host of several processes must not forget (<see cref="Postgres.PostgresDuty"/>).</summary>
    public static MigrationSource State { get; } = Embedded("state", typeof(MigrationSource).Assembly, "Monitoring.Storage.State.");

    /// <summary>Names the source in the database.</summary>
    public string Name { get; }

    /// <summary>The scripts by number.</summary>
    public ImmutableArray<MigrationScript> Scripts { get; }

    /// <summary>Reads the scripts that are embedded in an assembly as resources with names of <paramref name="prefix"/> and <c>NNNN_name.sql</c>.</summary>
    /// <exception cref="ArgumentException">There are none, or their numbers have a gap.</exception>
    /// <exception cref="FormatException">A script is not one.</exception>
    public static MigrationSource Embedded(string name, Assembly assembly, string prefix)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var scripts = assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(prefix, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
                return MigrationScript.Parse(resource[prefix.Length..], reader.ReadToEnd());
            }).ToList();
        return scripts.Count > 0 ? new MigrationSource(name, scripts) : throw new ArgumentException($"No scripts are embedded under '{prefix}'.", nameof(prefix));
    }
}
