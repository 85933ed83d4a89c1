using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// Names one test for ever. A planned test's id is a function of the plan (<c>20261120-03-MDW-0x…</c>: day, round, region, orchestrator), so
/// the same test has the same id after any crash; a posted test's id is a function of the posted bytes (<c>posted-…</c>).
/// </summary>
[JsonConverter(typeof(Json))]
public readonly record struct TestId : IComparable<TestId>
{
    private const int MaximumLength = 96;
    private readonly string? _text;

    private TestId(string text) => _text = text;

    /// <summary>The text form: ASCII letters, digits and hyphens, at most 96 characters.</summary>
    public string Text => _text ?? "";

    /// <summary>The id of the test planned for one round of one day.</summary>
    public static TestId Planned(DateOnly day, int round, RegionId region, OrchestratorId orchestrator) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{day:yyyyMMdd}-{round:D2}-{region.Code}-{orchestrator.Text}"));

    /// <summary>The id of a test that another tester posted: the SHA-256 of the posted body, so that the same body counts once.</summary>
    public static TestId Posted(ReadOnlySpan<byte> bodySha256) => new("posted-" + Convert.ToHexStringLower(bodySha256));

    /// <summary>The id of a test that a person asked for; it never enters a window.</summary>
    public static TestId OnDemand(string mark) => Parse("probe-" + mark);

    /// <summary>The UTC day of a planned test's plan.</summary>
    /// <returns>False when the test was not planned (posted or on demand).</returns>
    public bool TryGetDay(out DateOnly day) =>
        DateOnly.TryParseExact(Text.AsSpan(0, Math.Min(8, Text.Length)), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Reads a test id.</summary>
    /// <exception cref="FormatException">The text is empty, too long or has a character that no id has.</exception>
    public static TestId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("That is not a test id.");

    /// <summary>Reads a test id; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TestId id)
    {
        id = default;
        if (text is not { Length: > 0 and <= MaximumLength }) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }

        id = new TestId(text);
        return true;
    }

    /// <summary>Ordinal order of the text.</summary>
    public int CompareTo(TestId other) => string.CompareOrdinal(Text, other.Text);

    /// <inheritdoc />
    public bool Equals(TestId other) => string.Equals(Text, other.Text, StringComparison.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => Text;

    /// <summary>Orders two ids.</summary>
    public static bool operator <(TestId left, TestId right) => left.CompareTo(right) < 0;

    /// <summary>Orders two ids.</summary>
    public static bool operator >(TestId left, TestId right) => left.CompareTo(right) > 0;

    /// <summary>Orders two ids.</summary>
    public static bool operator <=(TestId left, TestId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders two ids.</summary>
    public static bool operator >=(TestId left, TestId right) => left.CompareTo(right) >= 0;

    /// <summary>Reads and writes the text form; public so that source-generated serializers can use it.</summary>
    public sealed class Json : JsonConverter<TestId>
    {
        /// <inheritdoc />
        public override TestId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException("That is not a test id.");

        /// <inheritdoc />
        public override void Write(Utf8JsonWriter writer, TestId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
    }
}
