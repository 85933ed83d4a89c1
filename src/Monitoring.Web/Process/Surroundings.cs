namespace Monitoring.Web;

/// <summary>What a command sees of the process it runs in.</summary>
/// <param name="Output">Data go here (stdout).</param>
/// <param name="Error">Everything else goes here (stderr).</param>
/// <param name="Environment">The environment's variables.</param>
/// <param name="Directory">The working directory.</param>
/// <param name="Time">The clock.</param>
public sealed record Surroundings(
    TextWriter Output, TextWriter Error, IReadOnlyCollection<KeyValuePair<string, string?>> Environment, string Directory, TimeProvider Time)
{
    /// <summary>Who can be asked; null where nobody sits at a terminal.</summary>
    public TextReader? Terminal { get; init; }

    /// <summary>The process as it is.</summary>
    public static Surroundings OfProcess() => new(
        Console.Out,
        Console.Error,
        [.. System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value))],
        System.IO.Directory.GetCurrentDirectory(),
        TimeProvider.System) { Terminal = Console.IsInputRedirected ? null : Console.In };
}
