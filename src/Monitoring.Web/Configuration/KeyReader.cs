using System.Globalization;
using Microsoft.Extensions.Configuration;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>One setting as it is in force.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; a mask where it is a secret.</param>
/// <param name="Origin">A file's name, <c>environment</c>, <c>command line</c> or <c>default</c>.</param>
public sealed record EffectiveSetting(string Key, string Value, string Origin);

/// <summary>
/// Reads keys one by one, collecting every problem instead of stopping at the first, and remembers which keys there are: whatever nobody
/// asked for by the end is an unknown key. A blank value is none.
/// </summary>
/// <param name="layers">Where the settings come from.</param>
public sealed class KeyReader(ConfigurationLayers layers) : ISettings
{
    private const int MaximumSecretFile = 4096;

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _names = [];
    private readonly List<ConfigurationProblem> _problems = [.. layers.Problems];
    private readonly List<EffectiveSetting> _effective = [];

    /// <summary>Everything found so far, errors and warnings.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    /// <summary>Every setting that was read, in order.</summary>
    public IReadOnlyList<EffectiveSetting> Effective => _effective;

    /// <inheritdoc />
    public int ProblemCount => _problems.Count;

    /// <inheritdoc />
    public void Problem(string key, string text) => _problems.Add(new ConfigurationProblem(key, text));

    /// <inheritdoc />
    public void Warn(string key, string text) => _problems.Add(new ConfigurationProblem(key, text, IsWarning: true));

    /// <inheritdoc />
    public string? Text(string key)
    {
        Know(key);
        return layers.Merged[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }

    /// <inheritdoc />
    public string OriginOf(string key) => layers.OriginOf(key);

    /// <inheritdoc />
    public void Show(string key, string value) => _effective.Add(new EffectiveSetting(key, value, layers.OriginOf(key)));

    /// <summary>The trimmed text of a key, or what stands where there is none; shown.</summary>
    public string Text(string key, string otherwise)
    {
        var text = Text(key) ?? otherwise;
        Show(key, text);
        return text;
    }

    /// <inheritdoc />
    public int Number(string key, int otherwise, int least, int most) => Number(key, least, most, Format(otherwise)) ?? otherwise;

    /// <summary>A whole number, or null when there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="least">The least that is taken.</param>
    /// <param name="most">The most that is taken.</param>
    /// <param name="shownOtherwise">What is shown where there is none.</param>
    public int? Number(string key, int least, int most, string shownOtherwise)
    {
        var text = Text(key);
        int? number = null;
        if (text is not null)
        {
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read))
                Problem(key, $"'{text}' is not a whole number; {Format(least)} to {Format(most)} is expected.");
            else if (read < least || read > most) Problem(key, $"{text} is out of range; {Format(least)} to {Format(most)} is expected.");
            else number = (int)read;
        }

        Show(key, number is { } n ? Format(n) : shownOtherwise);
        return number;
    }

    /// <summary>A decimal fraction, such as <c>0.8</c>, within a range, or what stands where there is none; shown.</summary>
    public double Fraction(string key, double otherwise, double least, double most)
    {
        var fraction = otherwise;
        if (Text(key) is { } text)
        {
            // A decimal, for "NaN" is a double and in no range.
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                Problem(key, string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a fraction; {least} to {most} is expected, such as {otherwise}."));
            else if ((double)number is var read && (read < least || read > most)) Problem(key, string.Create(CultureInfo.InvariantCulture, $"{text} is out of range; {least} to {most} is expected."));
            else fraction = (double)number;
        }

        Show(key, fraction.ToString(CultureInfo.InvariantCulture));
        return fraction;
    }

    /// <inheritdoc />
    public bool Switch(string key, bool otherwise)
    {
        var value = otherwise;
        if (Text(key) is { } text && !bool.TryParse(text, out value))
        {
            Problem(key, $"'{text}' is neither true nor false.");
            value = otherwise;
        }

        Show(key, value ? "true" : "false");
        return value;
    }

    /// <inheritdoc />
    public T Choice<T>(string key, T otherwise, params (string Word, T Value)[] choices)
    {
        var value = otherwise;
        if (Text(key) is { } text)
        {
            var found = Array.FindIndex(choices, c => c.Word.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (found >= 0) value = choices[found].Value;
            else
            {
                var near = NearMiss.Find(text, choices.Select(c => c.Word));
                Problem(key, $"'{text}' is not one of {string.Join(", ", choices.Select(c => c.Word))}.{Suggest(near)}");
            }
        }

        Show(key, Array.Find(choices, c => Equals(c.Value, value)).Word ?? "");
        return value;
    }

    /// <inheritdoc />
    public ImmutableArray<(string Key, string Value)> List(string key, Func<string, string>? shown = null)
    {
        var entries = ImmutableArray.CreateBuilder<(string, string)>();
        if (Text(key) is { } single)
        {
            foreach (var child in layers.Merged.GetSection(key).GetChildren()) Know(child.Path, offered: false);
            var number = 0;
            foreach (var part in single.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                entries.Add(($"{key}:{Format(number++)}", part));
        }
        else
        {
            foreach (var child in layers.Merged.GetSection(key).GetChildren())
            {
                if (child.GetChildren().Any()) continue;
                Know(child.Path, offered: false);
                if (string.IsNullOrWhiteSpace(child.Value)) Problem(child.Path, "The entry is empty; remove it.");
                else entries.Add((child.Path, child.Value.Trim()));
            }
        }

        Show(key, string.Join(", ", entries.Select(e => shown?.Invoke(e.Item2) ?? e.Item2)));
        return entries.ToImmutable();
    }

    /// <summary>The sections of an array or a map.</summary>
    public IReadOnlyList<IConfigurationSection> Sections(string key)
    {
        Know(key);
        return [.. layers.Merged.GetSection(key).GetChildren()];
    }

    /// <summary>A secret, from its key or from the file that <c>…File</c> names; null when there is neither.</summary>
    /// <param name="key">The key of the secret itself.</param>
    /// <param name="fileKey">The key of the file's name.</param>
    public Secret? Secret(string key, string fileKey)
    {
        var text = Text(key);
        var file = Text(fileKey);
        if (text is not null && file is not null) Problem(fileKey, $"{key} is set as well; keep one of the two.");
        Secret? secret = text is not null ? new Secret(text) : file is not null ? SecretFile(fileKey, file) : null;
        if (text is not null && layers.OriginOf(key) == "command line")
            Problem(key, "A secret does not belong on the command line, where every user of the machine can read it; put it into the environment or a file.");
        if (secret is not null) Show(file is not null && text is null ? fileKey : key, file is not null && text is null ? file : Core.Secret.Mask);
        else Show(key, "");
        return secret;
    }

    /// <summary>Reports every key that nobody asked for.</summary>
    public void ReportUnknown()
    {
        var reported = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, value) in layers.Merged.AsEnumerable().OrderBy(p => p.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (_known.Contains(path)) continue;
            if (IsSection(path))
            {
                if (!string.IsNullOrWhiteSpace(value)) Problem(path, $"A section is expected here and not '{value}', with {KeysOf(path)}.");
                continue;
            }

            var top = path;
            while (ConfigurationPath.GetParentPath(top) is { } parent && !IsPlace(parent)) top = parent;
            if (!reported.Add(top)) continue;
            if (ConfigurationPath.GetParentPath(top) is { } holder && _known.Contains(holder))
                Problem(top, $"{holder} holds plain values; nothing may lie below them.");
            else
                Problem(top, $"There is no such key.{Suggest(NearMiss.OfKey(top, _names))}");
        }
    }

    /// <summary>Makes a key known.</summary>
    /// <param name="key">The key.</param>
    /// <param name="offered">True when it may be suggested for a misspelt one.</param>
    public void Know(string key, bool offered = true)
    {
        if (_known.Add(key) && offered) _names.Add(key);
    }

    private static string Suggest(string? near) => near is null ? "" : $" Did you mean {near}?";

    private static string Format(int number) => number.ToString(CultureInfo.InvariantCulture);

    private bool IsPlace(string path) => _known.Contains(path) || IsSection(path);

    private bool IsSection(string path) => _known.Any(k => k.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase));

    private string KeysOf(string section) => string.Join(", ", _names
        .Where(n => n.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase))
        .Select(n => n[(section.Length + 1)..].Split(':')[0]).Distinct());

    /// <summary>The secret that a file holds; null, and a problem of the key, when there is none.</summary>
    public Secret? SecretFile(string key, string file)
    {
        try
        {
            if (new FileInfo(file).Length > MaximumSecretFile)
            {
                Problem(key, $"The file '{file}' is over {Format(MaximumSecretFile)} bytes, too much for a secret.");
                return null;
            }

            var text = File.ReadAllText(file).Trim();
            if (text.Length > 0) return new Secret(text);
            Problem(key, $"The file '{file}' is empty; a secret is expected in it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Problem(key, $"The file '{file}' cannot be read: {e.Message}");
        }

        return null;
    }
}
