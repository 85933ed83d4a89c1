using System.Globalization;

namespace Monitoring.Alerting;

/// <summary>A span of every day, by the clock of a place, in which only what cannot wait is told.</summary>
/// <param name="From">When it begins, inclusive.</param>
/// <param name="Until">When it ends, exclusive; before <paramref name="From"/> when it goes past midnight.</param>
/// <param name="Zone">Whose clock.</param>
/// <param name="PagesToo">True when even pages wait for its end.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly Until, TimeZoneInfo Zone, bool PagesToo)
{
    private const string Form = "HH:mm";

    /// <summary>Reads <c>22:00-07:00</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The beginning.</param>
    /// <param name="until">The end.</param>
    /// <returns>False for anything else, an empty span included.</returns>
    public static bool TryParseSpan(string text, out TimeOnly from, out TimeOnly until)
    {
        (from, until) = (default, default);
        return text is { Length: 11 } && text[5] == '-'
            && TimeOnly.TryParseExact(text.AsSpan(0, 5), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out from)
            && TimeOnly.TryParseExact(text.AsSpan(6), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out until)
            && from != until;
    }

    /// <summary>The end of the quiet hours that an instant lies in; null when it lies in none.</summary>
    /// <param name="instant">Any instant.</param>
    public DateTimeOffset? EndAfter(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, Zone).DateTime;
        var clock = TimeOnly.FromDateTime(local);
        if (!clock.IsBetween(From, Until)) return null;
        var day = DateOnly.FromDateTime(local);
        var end = (clock < Until ? day : day.AddDays(1)).ToDateTime(Until);

        // In spring the clock may jump over the end: then it is quiet until the first moment there is.
        while (Zone.IsInvalidTime(end)) end = end.AddMinutes(15);

        // In autumn the same hour comes twice; the end that lies ahead counts.
        TimeSpan[] offsets = Zone.IsAmbiguousTime(end) ? [.. Zone.GetAmbiguousTimeOffsets(end).OrderDescending()] : [Zone.GetUtcOffset(end)];
        foreach (var offset in offsets)
        {
            var found = new DateTimeOffset(end, offset);
            if (found > instant) return found.ToUniversalTime();
        }

        return null;
    }
}
