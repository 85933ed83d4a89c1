using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>Reads announced maintenance: <c>0xaddress=2026-11-20T10:00Z/2026-11-20T20:00Z</c>.</summary>
public static class AnnouncedMaintenance
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz"];

    /// <summary>Reads one announcement; <paramref name="why"/> says what is wrong where it is none.</summary>
    public static bool TryParse(string text, out OrchestratorId orchestrator, out MaintenanceWindow window, out string why)
    {
        window = default;
        orchestrator = default;
        why = $"'{text}' is not an announcement; 0xaddress=2026-11-20T10:00Z/2026-11-20T20:00Z is expected.";
        var parts = text.Split('=', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !OrchestratorId.TryParse(parts[0], out orchestrator)) return false;
        var span = parts[1].Split('/', StringSplitOptions.TrimEntries);
        if (span.Length != 2 || !TryReadInstant(span[0], out var from) || !TryReadInstant(span[1], out var until)) return false;
        if (until <= from)
        {
            why = $"'{text}' ends before it begins.";
            return false;
        }

        window = new MaintenanceWindow(from, until);
        why = "";
        return true;
    }

    private static bool TryReadInstant(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
}
