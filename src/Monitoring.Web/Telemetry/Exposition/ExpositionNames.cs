namespace Monitoring.Web;

/// <summary>
/// Makes names of Prometheus of those of OpenTelemetry, by the compatibility rules of its specification: letters, digits and underscores; the
/// unit as a suffix in words; <c>_total</c> on counters, <c>_ratio</c> on gauges of unit 1.
/// </summary>
internal static class ExpositionNames
{
    private const string Total = "_total";

    /// <summary>The name of a metric's family; of a counter without <c>_total</c>.</summary>
    public static string Family(string name, string unit, bool isCounter, bool isGauge)
    {
        var family = Clean(name);
        if (family.EndsWith(Total, StringComparison.Ordinal)) family = family[..^Total.Length];
        var suffix = UnitWord(unit, isGauge);
        if (suffix.Length > 0 && !family.EndsWith("_" + suffix, StringComparison.Ordinal) && !(isCounter && suffix == "ratio")) family += "_" + suffix;
        return family;
    }

    /// <summary>The unit as a word; empty where the name bears none: for counted things (<c>{test}</c>) and what is not a unit.</summary>
    public static string UnitWord(string unit, bool isGauge)
    {
        if (unit == "1") return isGauge ? "ratio" : "";
        var slash = unit.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return Word(unit);
        var per = unit[(slash + 1)..] switch { "s" => "second", "min" => "minute", "h" => "hour", "d" => "day", _ => "" };
        var counted = Word(unit[..slash]);
        return per.Length == 0 ? counted : counted.Length == 0 ? $"per_{per}" : $"{counted}_per_{per}";
    }

    /// <summary>The name of a label.</summary>
    public static string Label(string key)
    {
        var label = Clean(key).Replace(':', '_');
        return label.StartsWith("__", StringComparison.Ordinal) ? "key" + label : label;
    }

    private static string Word(string unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "Cel" => "celsius",
        "%" => "percent",
        "" => "",
        _ when unit.Contains('{', StringComparison.Ordinal) => "",
        _ => Clean(unit).Trim('_'),
    };

    // What a name must not hold becomes an underscore, and several in a row become one.
    private static string Clean(string name)
    {
        var kept = new System.Text.StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == ':') kept.Append(c);
            else if (kept.Length == 0 || kept[^1] != '_') kept.Append('_');
        }

        if (kept.Length == 0 || char.IsAsciiDigit(kept[0])) kept.Insert(0, '_');
        return kept.ToString();
    }
}
