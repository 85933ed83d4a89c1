using System.CommandLine;
using System.Text.Json;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor check</c>: prints the configuration in force and everything that is wrong with it.</summary>
internal static class CheckCommand
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Surroundings around)
    {
        var settings = new SettingOptions();
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("check", "Prints the configuration in force, where each value comes from, and every problem. Exit code 2 when it cannot be used.");
        settings.AddTo(command);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            var configuration = settings.Read(parsed, around);
            if (parsed.GetValue(json)) PrintJson(configuration, around.Output);
            else Print(configuration, around);
            return configuration.IsUsable ? ExitCode.Ok : ExitCode.Usage;
        });
        return command;
    }

    private static void Print(Configuration.ParsedConfiguration configuration, Surroundings around)
    {
        var width = configuration.Effective.Max(e => e.Key.Length);
        foreach (var (key, value, origin) in configuration.Effective) around.Output.WriteLine($"{key.PadRight(width)}  {(value.Length == 0 ? "-" : value)}  ({origin})");
        around.Output.Flush();
        ConfigurationProblem.Print(configuration.Problems, around.Error);
        if (configuration.IsUsable) around.Error.WriteLine("The configuration can be used.");
    }

    private static void PrintJson(Configuration.ParsedConfiguration configuration, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteBoolean("usable", configuration.IsUsable);
            json.WriteStartArray("problems");
            foreach (var problem in configuration.Problems)
            {
                json.WriteStartObject();
                json.WriteString("key", problem.Key);
                json.WriteString("text", problem.Text);
                json.WriteString("severity", problem.IsWarning ? "warning" : "error");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("effective");
            foreach (var (key, value, origin) in configuration.Effective)
            {
                json.WriteStartObject(key);
                json.WriteString("value", value);
                json.WriteString("origin", origin);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }
}
