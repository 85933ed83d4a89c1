using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// Names a region, the place tests are sent from: 2 to 16 upper-case letters and digits, for example <c>MDW</c>, <c>FRA</c>, <c>SIN</c>.
/// Gateways upper-case their own region and compare exactly, so no other spelling exists here.
/// </summary>
[JsonConverter(typeof(Json))]
public readonly record struct RegionId : IComparable<RegionId>
{
    private readonly string? _code;

    private RegionId(string code) => _code = code;

    /// <summary>The region that clients list and compute for themselves; never measured, never computed here.</summary>
    public static RegionId Global { get; } = new("GLOBAL");

    /// <summary>The upper-case code.</summary>
    public string Code => _code ?? "";

    /// <summary>Reads a region code of either case.</summary>
    /// <exception cref="FormatException">The text is not 2 to 16 letters and digits.</exception>
    public static RegionId Parse(string code) =>
        TryParse(code, out var id) ? id : throw new FormatException($"'{code}' is not a region: 2 to 16 letters and digits are expected, such as MDW.");

    /// <summary>Reads a region code of either case; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? code, out RegionId id)
    {
        id = default;
        if (code is not { Length: >= 2 and <= 16 }) return false;
        foreach (var c in code)
        {
            if (!char.IsAsciiLetterOrDigit(c)) return false;
        }

        id = new RegionId(code.ToUpperInvariant());
        return true;
    }

    /// <summary>Ordinal order of the codes.</summary>
    public int CompareTo(RegionId other) => string.CompareOrdinal(Code, other.Code);

    /// <inheritdoc />
    public bool Equals(RegionId other) => string.Equals(Code, other.Code, StringComparison.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => Code.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => Code;

    /// <summary>Orders two regions.</summary>
    public static bool operator <(RegionId left, RegionId right) => left.CompareTo(right) < 0;

    /// <summary>Orders two regions.</summary>
    public static bool operator >(RegionId left, RegionId right) => left.CompareTo(right) > 0;

    /// <summary>Orders two regions.</summary>
    public static bool operator <=(RegionId left, RegionId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders two regions.</summary>
    public static bool operator >=(RegionId left, RegionId right) => left.CompareTo(right) >= 0;

    /// <summary>Reads and writes the text form; public so that source-generated serializers can use it.</summary>
    public sealed class Json : JsonConverter<RegionId>
    {
        /// <inheritdoc />
        public override RegionId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException("A region is 2 to 16 letters and digits.");

        /// <inheritdoc />
        public override void Write(Utf8JsonWriter writer, RegionId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);

        /// <inheritdoc />
        public override RegionId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

        /// <inheritdoc />
        public override void WriteAsPropertyName(Utf8JsonWriter writer, RegionId value, JsonSerializerOptions options) => writer.WritePropertyName(value.Code);
    }
}
