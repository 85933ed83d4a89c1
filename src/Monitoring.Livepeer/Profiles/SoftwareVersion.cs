using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>Compares software versions as the capability test does: three numbers; what follows them (<c>-176aa415</c>) is ignored.</summary>
public static class SoftwareVersion
{
    /// <summary>The longest version text that is kept.</summary>
    public const int MaximumLength = 64;

    /// <summary>Makes a stranger's version text fit to keep.</summary>
    public static string Clean(string? version)
    {
        var clean = Outcome.Clean(version);
        return clean.Length > MaximumLength ? clean[..MaximumLength] : clean;
    }

    /// <summary>
    /// True when a version is at least the minimum (vector <c>caps-version</c>). A minimum that is empty or no version asks for nothing;
    /// a version that is empty, <c>undefined</c> or no version satisfies only that.
    /// </summary>
    public static bool Satisfies(string version, string minimum) =>
        !TryParse(minimum, out var least) || (TryParse(version, out var actual) && actual >= least);

    /// <summary>Reads <c>1</c>, <c>1.2</c> or <c>1.2.3</c>, with or without a leading <c>v</c> and a suffix behind <c>-</c> or <c>+</c>.</summary>
    public static bool TryParse(string? text, out Version version)
    {
        version = new Version(0, 0, 0);
        if (string.IsNullOrEmpty(text) || text.Length > MaximumLength) return false;
        var numbers = text.AsSpan(text[0] == 'v' ? 1 : 0);
        if (numbers.IndexOfAny('-', '+') is >= 0 and var suffix) numbers = numbers[..suffix];

        Span<int> parts = stackalloc int[3];
        var count = 0;
        foreach (var range in numbers.Split('.'))
        {
            if (count == parts.Length) return false;
            if (!int.TryParse(numbers[range], NumberStyles.None, CultureInfo.InvariantCulture, out parts[count++])) return false;
        }

        if (count == 0) return false;
        version = new Version(parts[0], parts[1], parts[2]);
        return true;
    }
}
