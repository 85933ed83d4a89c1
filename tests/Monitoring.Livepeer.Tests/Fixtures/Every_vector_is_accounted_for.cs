using Monitoring.Testing.Vectors;

[assembly: AssemblyFixture(typeof(Monitoring.Livepeer.Tests.Every_vector_that_is_called_used_is_read))]

namespace Monitoring.Livepeer.Tests;

/// <summary>Each id of livepeer-vectors.json, over the whole repository: the suite that reads it, or why nothing of ours does what it describes.</summary>
public sealed class Every_vector_is_accounted_for
{
    [Fact]
    public void Each_id_is_used_or_not_applicable_and_never_both() => Assert.Equal(
        LivepeerVectors.Ids.Order(StringComparer.Ordinal), LivepeerVectors.Used.SelectMany(suite => suite.Value).Concat(LivepeerVectors.NotApplicable.Keys).Order(StringComparer.Ordinal));

    [Fact]
    public void Whatever_is_not_applicable_has_a_reason() => Assert.All(LivepeerVectors.NotApplicable, entry => Assert.True(entry.Value.Length > 10, entry.Key));

    [Fact]
    public void A_vector_counts_as_read_only_once_it_is_read()
    {
        const string unread = "Monitoring.Simulator.Tests";
        var before = LivepeerVectors.Unread(unread);
        Assert.Equal(LivepeerVectors.Used[unread].Order(StringComparer.Ordinal), before.Order(StringComparer.Ordinal));
    }
}

/// <summary>Looks, when all tests are through, whether they read what they are said to read.</summary>
public sealed class Every_vector_that_is_called_used_is_read : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => LivepeerVectors.RequireAllRead("Monitoring.Livepeer.Tests");
}
