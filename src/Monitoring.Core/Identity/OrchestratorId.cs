using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// Names an orchestrator: an Ethereum address as <c>0x</c> and 40 lower-case hex digits. The chain (or the operator's list) decides it;
/// nothing an orchestrator says about itself ever does. An entry without an address gets the last 20 bytes of keccak-256 of its URI.
/// </summary>
[JsonConverter(typeof(Json))]
public readonly record struct OrchestratorId : IComparable<OrchestratorId>
{
    private readonly string? _text;

    private OrchestratorId(string text) => _text = text;

    /// <summary>The canonical text, for example <c>0x00000000000000000000000000000000000000aa</c>.</summary>
    public string Text => _text ?? "0x0000000000000000000000000000000000000000";

    /// <summary>Reads <c>0x</c> and 40 hex digits of either case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static OrchestratorId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an orchestrator address: 0x and 40 hex digits are expected.");

    /// <summary>Reads <c>0x</c> and 40 hex digits of either case; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OrchestratorId id)
    {
        id = default;
        if (text is not { Length: 42 } || text[0] != '0' || text[1] is not ('x' or 'X')) return false;
        foreach (var c in text.AsSpan(2))
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }

        id = new OrchestratorId(text.ToLowerInvariant());
        return true;
    }

    /// <summary>The id of 20 raw address bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 20.</exception>
    public static OrchestratorId FromBytes(ReadOnlySpan<byte> address) => address.Length == 20
        ? new OrchestratorId("0x" + Convert.ToHexStringLower(address))
        : throw new ArgumentException($"An address has 20 bytes, not {address.Length}.", nameof(address));

    /// <summary>Ordinal order of the text, which is the order of the addresses as numbers.</summary>
    public int CompareTo(OrchestratorId other) => string.CompareOrdinal(Text, other.Text);

    /// <inheritdoc />
    public bool Equals(OrchestratorId other) => string.Equals(Text, other.Text, StringComparison.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => Text;

    /// <summary>Orders two ids.</summary>
    public static bool operator <(OrchestratorId left, OrchestratorId right) => left.CompareTo(right) < 0;

    /// <summary>Orders two ids.</summary>
    public static bool operator >(OrchestratorId left, OrchestratorId right) => left.CompareTo(right) > 0;

    /// <summary>Orders two ids.</summary>
    public static bool operator <=(OrchestratorId left, OrchestratorId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders two ids.</summary>
    public static bool operator >=(OrchestratorId left, OrchestratorId right) => left.CompareTo(right) >= 0;

    /// <summary>Reads and writes the text form; public so that source-generated serializers can use it.</summary>
    public sealed class Json : JsonConverter<OrchestratorId>
    {
        /// <inheritdoc />
        public override OrchestratorId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException("An orchestrator address is 0x and 40 hex digits.");

        /// <inheritdoc />
        public override void Write(Utf8JsonWriter writer, OrchestratorId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
    }
}
