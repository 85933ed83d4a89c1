using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>An amount of wei in JSON: its decimal digits as a string, because a JSON number is a double to most readers.</summary>
public sealed class WeiJson : JsonConverter<BigInteger>
{
    /// <summary>The most digits that are read: an amount of the chain has at most 78.</summary>
    public const int MaximumDigits = 160;

    /// <inheritdoc />
    public override BigInteger Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 and <= MaximumDigits } text
            && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wei)
            ? wei
            : throw new JsonException("An amount of wei is expected: decimal digits as a string.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
}

/// <summary>An exact fraction in JSON: <c>numerator/denominator</c> as a string, or the digits alone of a whole number.</summary>
public sealed class RationalJson : JsonConverter<Rational>
{
    /// <inheritdoc />
    public override Rational Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Rational.TryParse(reader.GetString(), out var fraction)
            ? fraction
            : throw new JsonException("A fraction is expected: numerator/denominator as a string.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Rational value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToShortString());
}
