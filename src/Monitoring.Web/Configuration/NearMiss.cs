namespace Monitoring.Web;

/// <summary>Finds what somebody may have meant.</summary>
public static class NearMiss
{
    /// <summary>The candidate that is nearest to a word, or null when none is near.</summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least && distance <= Math.Max(1, candidate.Length / 3)) (best, least) = (candidate, distance);
        }

        return best;
    }

    /// <summary>The key that a misspelt or misplaced one may have meant: the same last word elsewhere, or the nearest spelling.</summary>
    public static string? OfKey(string key, IReadOnlyCollection<string> keys)
    {
        var word = Last(key);
        return keys.FirstOrDefault(k => Last(k).Equals(word, StringComparison.OrdinalIgnoreCase))
            ?? Find(key, keys)
            ?? (Find(word, keys.Select(Last)) is { } near ? keys.First(k => Last(k) == near) : null);
    }

    private static string Last(string key) => key[(key.LastIndexOf(':') + 1)..];

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
