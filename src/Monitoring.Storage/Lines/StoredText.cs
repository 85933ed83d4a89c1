using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Storage.Lines;

/// <summary>Single values as they stand in stored records. Reading throws <see cref="JsonException"/> for whatever is not one.</summary>
internal static class StoredText
{
    public static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    public static Rational Fraction(string? text) => text is null ? Rational.Zero
        : Rational.TryParse(text, out var fraction) ? fraction
        : throw new JsonException("An amount is neither a whole number nor a fraction.");

    public static DateTime Time(DateTimeOffset time) => time.UtcDateTime;

    public static DateTimeOffset Time(DateTime time) => time.Kind switch
    {
        DateTimeKind.Utc => new DateTimeOffset(time),
        DateTimeKind.Local => new DateTimeOffset(time.ToUniversalTime()),
        _ => throw new JsonException("A time does not say that it is UTC (Z)."),
    };

    public static string Code(OutcomeCode code) =>
        Enum.IsDefined(code) ? code.ToString() : throw new ArgumentException($"{(int)code} is not an outcome code.", nameof(code));

    public static Outcome Outcome(string? code, string? detail) =>
        code is { Length: > 0 } && char.IsAsciiLetter(code[0]) && Enum.TryParse<OutcomeCode>(code, out var parsed) && Enum.IsDefined(parsed)
            ? new Outcome(parsed, detail ?? "")
            : throw new JsonException("The outcome code is unknown.");

    public static SegmentState State(string? state) =>
        state is { Length: > 0 } && char.IsAsciiLetter(state[0]) && Enum.TryParse<SegmentState>(state, out var parsed) && Enum.IsDefined(parsed)
            ? parsed
            : throw new JsonException("The segment state is unknown.");

    public static TestId Test(string? text) => TestId.TryParse(text, out var id) ? id : throw new JsonException("The test id is none.");

    public static OrchestratorId Orchestrator(string? text) =>
        OrchestratorId.TryParse(text, out var id) ? id : throw new JsonException("The orchestrator is not an address.");

    public static RegionId Region(string? text) => RegionId.TryParse(text, out var id) ? id : throw new JsonException("The region is none.");

    public static ImmutableArray<TTo> Each<TFrom, TTo>(TFrom?[]? from, Func<TFrom, TTo> read) where TFrom : class
    {
        if (from is null) return [];
        var to = ImmutableArray.CreateBuilder<TTo>(from.Length);
        foreach (var item in from) to.Add(read(item ?? throw new JsonException("A list holds a null.")));
        return to.MoveToImmutable();
    }

    public static TTo[]? EachOrNull<TFrom, TTo>(ImmutableArray<TFrom> from, Func<TFrom, TTo> write) =>
        from.IsDefaultOrEmpty ? null : [.. from.Select(write)];
}
