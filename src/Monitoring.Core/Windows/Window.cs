using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// The exact rolling window of one orchestrator in one region: the last revision of every test whose time lies in the last 24 hours, and of
/// the tests before that on which the excuse of a capped test may depend. Entries are in order of test time, so the content, and
/// with it every score, is the same in whatever order the revisions arrived.
/// </summary>
public sealed class Window
{
    private readonly ImmutableArray<WindowEntry> _entries;

    private Window(ImmutableArray<WindowEntry> entries) => _entries = entries;

    /// <summary>A window without tests.</summary>
    public static Window Empty { get; } = new([]);

    /// <summary>All entries, oldest test time first; those at the front may be older than the window itself.</summary>
    public ImmutableArray<WindowEntry> Entries => _entries;

    /// <summary>The window of these entries; of several revisions of a test the highest number stays.</summary>
    public static Window Of(IEnumerable<WindowEntry> entries) => entries.Aggregate(Empty, (window, entry) => window.With(entry));

    /// <summary>
    /// The window with this entry. An entry of a known test replaces the known one only if its revision is higher; the same again changes nothing.
    /// </summary>
    public Window With(WindowEntry entry)
    {
        var at = IndexOf(entry);
        if (at >= 0) return _entries[at].Revision >= entry.Revision ? this : new Window(_entries.SetItem(at, entry));
        return new Window(_entries.Insert(~at, entry));
    }

    /// <summary>The entry of a test, or null.</summary>
    public WindowEntry? Find(TestId test, DateTimeOffset testTime)
    {
        var at = _entries.BinarySearch(new WindowEntry { Test = test, TestTime = testTime, Revision = 0, Code = default }, ByTime);
        return at >= 0 ? _entries[at] : null;
    }

    /// <summary>True when the window has an outcome of this test, at whatever instant of its day (UTC).</summary>
    public bool Knows(TestId test, DateOnly day)
    {
        var start = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        for (var i = FirstAfter(start.AddTicks(-1)); i < _entries.Length && _entries[i].TestTime < start.AddDays(1); i++)
        {
            if (_entries[i].Test == test) return true;
        }

        return false;
    }

    /// <summary>True when a test lies less than <paramref name="guard"/> from an instant.</summary>
    public bool Touches(DateTimeOffset at, TimeSpan guard)
    {
        var first = FirstAfter(at - guard);
        return first < _entries.Length && _entries[first].TestTime < at + guard;
    }

    /// <summary>
    /// The window without the entries whose time is not after <paramref name="horizon"/>. How far back a later publication may ask is the
    /// business of <see cref="PublicationRule.Settle"/>.
    /// </summary>
    public Window Trim(DateTimeOffset horizon)
    {
        var first = FirstAfter(horizon);
        return first == 0 ? this : first == _entries.Length ? Empty : new Window(_entries[first..]);
    }

    /// <summary>The window without the entries that satisfy a condition.</summary>
    public Window Without(Predicate<WindowEntry> condition)
    {
        var kept = _entries.RemoveAll(condition);
        return kept.Length == _entries.Length ? this : new Window(kept);
    }

    /// <summary>
    /// The entries after <paramref name="cut"/> (and not after <paramref name="until"/>), each with the class it counts as: a capped test is excused only while at most
    /// <see cref="CappedRule.Excused"/> of the last <see cref="CappedRule.Of"/> tests (those that are evidence, itself included) were capped;
    /// beyond that it is a fault. So the judgement too is the same in whatever order results arrive. A test of another method than the newest counted one (or measured one, where none counts) is left out.
    /// </summary>
    public IEnumerable<(WindowEntry Entry, OutcomeCode Code)> Judged(DateTimeOffset cut, CappedRule capped, DateTimeOffset? until = null)
    {
        var method = NewestMethod(cut, capped, until);
        for (var i = FirstAfter(cut); i < _entries.Length; i++)
        {
            var entry = _entries[i];
            if (entry.TestTime > until) yield break;
            if (!IsOf(method, entry)) continue;
            yield return (entry, entry.Code == OutcomeCode.Capped && !IsExcused(i, capped) ? OutcomeCode.PersistentlyCapped : entry.Code);
        }
    }

    /// <summary>The totals of the tests after <paramref name="cut"/>, and not after <paramref name="until"/> where that is given.</summary>
    public WindowTotals Total(DateTimeOffset cut, CappedRule capped, DateTimeOffset? until = null)
    {
        var method = NewestMethod(cut, capped, until);
        ScoreSums sums = default;
        int counted = 0, planned = 0, source = 0, realTime = 0;
        DateTimeOffset? last = null;
        for (var i = FirstAfter(cut); i < _entries.Length; i++)
        {
            var entry = _entries[i];
            if (entry.TestTime > until) break;
            if (!IsOf(method, entry)) continue;
            if (entry.Method != TestMethod.Posted) planned++;
            if (!CountsAt(i, capped)) continue;
            counted++;
            sums += entry.Sums;
            source += entry.SourceSegments;
            realTime += entry.RealTimeSegments;
            last = entry.TestTime;
        }

        return new WindowTotals(sums, counted, planned, source, realTime, last);
    }

    /// <summary>The earliest test time after <paramref name="cut"/>: that entry is the next to leave the window. Null when it is empty.</summary>
    public DateTimeOffset? Oldest(DateTimeOffset cut)
    {
        var first = FirstAfter(cut);
        return first < _entries.Length ? _entries[first].TestTime : null;
    }

    /// <summary>
    /// The latest entry (not after <paramref name="until"/>, where that is given) that satisfies a condition on its judged class, with its
    /// judged code; null when none does.
    /// </summary>
    public LatestEvidence? Latest(CappedRule capped, Func<OutcomeClass, bool> condition, DateTimeOffset? until = null)
    {
        for (var i = EndOf(until) - 1; i >= 0; i--)
        {
            var code = _entries[i].Code == OutcomeCode.Capped && !IsExcused(i, capped) ? OutcomeCode.PersistentlyCapped : _entries[i].Code;
            if (condition(OutcomeCodes.ClassOf(code))) return new LatestEvidence(_entries[i].TestTime, code);
        }

        return null;
    }

    /// <summary>The 95th percentile (nearest rank) of the round trips of complete segments after <paramref name="cut"/>, or null without any.</summary>
    public TimeSpan? RoundTripP95(DateTimeOffset cut, CappedRule capped)
    {
        var all = Judged(cut, capped).Where(j => OutcomeCodes.ClassOf(j.Code) == OutcomeClass.Success).SelectMany(j => j.Entry.RoundTripsMicros).Order().ToArray();
        return all.Length == 0 ? null : TimeSpan.FromMicroseconds(all[(int)Math.Ceiling(all.Length * 0.95) - 1]);
    }

    private static readonly Comparer<WindowEntry> ByTime = Comparer<WindowEntry>.Create(WindowEntry.Order);

    private static bool IsEvidence(OutcomeClass c) => c is OutcomeClass.Success or OutcomeClass.Fault or OutcomeClass.Excluded;

    // A test that was not run has no method and belongs to any.
    private static bool IsOf(string method, WindowEntry entry) =>
        entry.Method.Length == 0 || ReferenceEquals(entry.Method, method) || entry.Method == method;

    private int IndexOf(WindowEntry entry)
    {
        // Results arrive mostly in order: look at the end first.
        if (_entries.Length == 0 || WindowEntry.Order(_entries[^1], entry) < 0) return ~_entries.Length;
        return _entries.BinarySearch(entry, ByTime);
    }

    private int FirstAfter(DateTimeOffset cut)
    {
        int low = 0, high = _entries.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_entries[middle].TestTime > cut) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private int EndOf(DateTimeOffset? until) => until is { } last ? FirstAfter(last) : _entries.Length;

    private bool CountsAt(int index, CappedRule capped) => _entries[index].Class is OutcomeClass.Success or OutcomeClass.Fault
        || (_entries[index].Code == OutcomeCode.Capped && !IsExcused(index, capped));

    private bool IsExcused(int index, CappedRule capped)
    {
        int seen = 0, cappedSeen = 0;
        var since = _entries[index].TestTime - capped.Within;
        for (var i = index; i >= 0 && seen < capped.Of && _entries[i].TestTime > since; i--)
        {
            if (!IsEvidence(_entries[i].Class)) continue;
            seen++;
            if (_entries[i].Code == OutcomeCode.Capped) cappedSeen++;
        }

        return cappedSeen <= capped.Excused;
    }

    // What does not count must not empty the window: a void test of a new method leaves the scores of the old one in force.
    private string NewestMethod(DateTimeOffset cut, CappedRule capped, DateTimeOffset? until)
    {
        var newest = "";
        var first = FirstAfter(cut);
        for (var i = EndOf(until) - 1; i >= first; i--)
        {
            if (_entries[i].Method.Length == 0) continue;
            if (CountsAt(i, capped)) return _entries[i].Method;
            if (newest.Length == 0) newest = _entries[i].Method;
        }

        return newest;
    }
}

/// <summary>How often a capped test is excused.</summary>
/// <param name="Excused">So many of the last tests may have been capped, this one included.</param>
/// <param name="Of">So many tests are looked at, this one included.</param>
/// <param name="Within">And none that is older than this before it, which bounds what a window must keep.</param>
public readonly record struct CappedRule(int Excused, int Of, TimeSpan Within);

/// <summary>What the tests of a window add up to.</summary>
/// <param name="Sums">Sums of the counted tests.</param>
/// <param name="Counted">Tests counted: successes and orchestrator faults.</param>
/// <param name="Planned">Tests with any outcome, except posted ones, which nobody planned.</param>
/// <param name="SourceSegments">Source segments of the counted tests.</param>
/// <param name="RealTimeSegments">Those done in real time.</param>
/// <param name="LastCountedAt">Time of the latest counted test.</param>
public readonly record struct WindowTotals(
    ScoreSums Sums, int Counted, int Planned, int SourceSegments, int RealTimeSegments, DateTimeOffset? LastCountedAt)
{
    /// <summary>Share of the source segments done in real time, 0 to 1.</summary>
    [JsonIgnore]
    public double RealTimeRate => SourceSegments == 0 ? 0 : (double)RealTimeSegments / SourceSegments;
}
