using System.Text.Json;

namespace Monitoring.Benchmarks;

/// <summary>Prints what came out, and writes every raw value to a file.</summary>
internal static class Report
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>A table for each metric.</summary>
    public static void Print(Comparison comparison, ComparisonOutcome outcome, TextWriter to)
    {
        var last = comparison.Contestants[^1].Name;
        for (var m = 0; m < comparison.Metrics.Length; m++)
        {
            var metric = comparison.Metrics[m];
            string Text(double value) => value.ToString(metric.Format, System.Globalization.CultureInfo.InvariantCulture);
            to.WriteLine($"{metric.Name + ", " + metric.Unit,-34} {"median",12} {"min",12} {"max",12}   to {last}, median (range by round)");
            foreach (var contestant in comparison.Contestants)
            {
                var values = outcome[contestant.Name, m];
                var (ratio, byRound) = outcome.Ratio(contestant.Name, last, m);
                var isCompared = contestant.Name != last && double.IsFinite(ratio) && double.IsFinite(byRound.Maximum);
                var compared = isCompared ? Invariant($"{ratio:0.000} ({byRound.Minimum:0.000} to {byRound.Maximum:0.000})") : "";
                to.WriteLine($"  {contestant.Name,-32} {Text(values.Median),12} {Text(values.Minimum),12} {Text(values.Maximum),12}   {compared}");
            }

            foreach (var contestant in comparison.Contestants)
            {
                to.WriteLine($"  rounds of {contestant.Name}: {string.Join(" ", outcome[contestant.Name, m].Values.Select(Text))}  (warm-up {Text(outcome.WarmUp[contestant.Name][m])})");
            }
        }

        foreach (var note in comparison.Notes) to.WriteLine($"note: {note}");
        to.WriteLine($"load: {outcome.LoadBefore} before, {outcome.LoadAfter} after");
    }

    /// <summary>Writes the file.</summary>
    /// <returns>Its path inside the repository.</returns>
    public static async Task<string> WriteAsync(Comparison comparison, ComparisonOutcome outcome, Bench bench)
    {
        var relative = Path.Combine("artifacts", "benchmarks", comparison.Name + ".json");
        var path = Path.Combine(Machine.Repository(), relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = File.Create(path);
        await using var json = new Utf8JsonWriter(file, Indented);
        json.WriteStartObject();
        json.WriteString("name", comparison.Name);
        json.WriteString("title", comparison.Title);
        json.WriteString("measuredAt", TimeProvider.System.GetUtcNow());
        json.WriteBoolean("forced", bench.IsForced);
        json.WriteStartObject("machine");
        foreach (var (fact, value) in Machine.Describe()) json.WriteString(fact, value);
        json.WriteString("loadBefore", outcome.LoadBefore);
        json.WriteString("loadAfter", outcome.LoadAfter);
        json.WriteEndObject();
        json.WriteStartArray("metrics");
        foreach (var metric in comparison.Metrics) json.WriteStringValue($"{metric.Name}, {metric.Unit}");
        json.WriteEndArray();
        var samples = comparison.Samples?.Invoke();
        json.WriteStartArray("contestants");
        foreach (var contestant in comparison.Contestants)
        {
            json.WriteStartObject();
            json.WriteString("name", contestant.Name);
            WriteRound(json, "warmUp", outcome.WarmUp[contestant.Name]);
            json.WriteStartArray("rounds");
            foreach (var round in outcome.Rounds[contestant.Name]) WriteRound(json, null, round);
            json.WriteEndArray();
            if (samples is not null)
            {
                json.WriteStartArray("samples");
                foreach (var sample in samples[contestant.Name]) WriteRound(json, null, sample);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("goals");
        foreach (var goal in comparison.Goals)
        {
            var (met, text) = goal.Judge(outcome);
            json.WriteStartObject();
            json.WriteString("goal", text);
            json.WriteBoolean("met", met);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in comparison.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
        return relative;
    }

    private static void WriteRound(Utf8JsonWriter json, string? name, double[] round)
    {
        if (name is not null) json.WritePropertyName(name);
        json.WriteStartArray();
        foreach (var value in round) json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
