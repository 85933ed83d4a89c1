using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>The outcome of one test, or of one segment: a code, its class, and our own words on what was seen.</summary>
/// <param name="Code">The reason.</param>
/// <param name="Detail">What was seen, at most 300 printable characters; text from a stranger only after <see cref="Clean"/>.</param>
public readonly record struct Outcome(OutcomeCode Code, string Detail = "")
{
    /// <summary>The longest detail that is kept.</summary>
    public const int MaximumDetail = 300;

    /// <summary>What the outcome means for the orchestrator.</summary>
    [JsonIgnore]
    public OutcomeClass Class => OutcomeCodes.ClassOf(Code);

    /// <summary>True when the test enters the score: a success or an orchestrator fault.</summary>
    [JsonIgnore]
    public bool Counts => Class is OutcomeClass.Success or OutcomeClass.Fault;

    /// <summary>True when something was measured: everything but void and not run.</summary>
    [JsonIgnore]
    public bool IsEvidence => Class is OutcomeClass.Success or OutcomeClass.Fault or OutcomeClass.Excluded;

    /// <summary>
    /// Makes a stranger's text fit to keep and to print: control characters and line breaks become spaces, invisible characters and surrogates go, and it is
    /// cut to <see cref="MaximumDetail"/> characters.
    /// </summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        Span<char> kept = stackalloc char[MaximumDetail];
        var length = 0;
        for (var i = 0; i < text.Length && length < MaximumDetail; i++)
        {
            var c = text[i];
            if (char.IsSurrogate(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format) continue;
            kept[length++] = char.IsControl(c) || char.IsSeparator(c) ? ' ' : c;
        }

        return new string(kept[..length]).Trim();
    }

    /// <inheritdoc />
    public override string ToString() => Detail.Length == 0 ? Code.ToString() : $"{Code}: {Detail}";
}
