namespace Monitoring.Standalone.Tests.Crash;

/// <summary>At what a monitor is killed.</summary>
internal enum DeathKind
{
    /// <summary>At a random instant under load.</summary>
    UnderLoad,

    /// <summary>Just as a posted result was acknowledged.</summary>
    AsAPostIsAcknowledged,

    /// <summary>Just as the result of a test of its own was spooled, and is being reported.</summary>
    AsSomethingIsSpooled,

    /// <summary>Before or soon after it listens.</summary>
    WhileStarting,
}

/// <summary>When and how one life of a monitor ends, drawn from a seed.</summary>
/// <param name="Kind">At what.</param>
/// <param name="Posts">So many acknowledged posts come first.</param>
/// <param name="Tests">So many tests of its own end first.</param>
/// <param name="After">And then so long, where nothing else is waited for.</param>
/// <param name="Order">Draws whose results are looked at.</param>
internal sealed record Death(DeathKind Kind, int Posts, int Tests, TimeSpan After, int Order)
{
    private const int LookedAt = 5;

#pragma warning disable CA5394 // Seeded, so that a run can be had again.
    /// <summary>
    /// The first life of a directory has tests of its own. A later one has none for half a minute, for its predecessor may have leased them; it
    /// reports what was spooled, takes posts, and may die as it starts.
    /// </summary>
    public static Death Draw(Random random, bool isFirst)
    {
        var draw = random.Next(10);
        var kind = isFirst
            ? draw < 7 ? DeathKind.AsSomethingIsSpooled : DeathKind.UnderLoad
            : draw < 3 ? DeathKind.WhileStarting : draw < 8 ? DeathKind.AsAPostIsAcknowledged : DeathKind.UnderLoad;
        return new Death(kind, random.Next(1, 60), isFirst ? random.Next(3, 9) : 0, TimeSpan.FromMilliseconds(random.Next(20, 1500)), random.Next());
    }

    /// <summary>Some of them, others each time.</summary>
    public IEnumerable<string> Some(IEnumerable<string> orchestrators)
    {
        var all = orchestrators.Order(StringComparer.Ordinal).ToArray();
        new Random(Order).Shuffle(all);
        return all.Take(LookedAt);
    }
#pragma warning restore CA5394
}
