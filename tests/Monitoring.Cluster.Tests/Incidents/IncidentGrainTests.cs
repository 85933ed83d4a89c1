using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Tests.Liveness;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Incidents;

/// <summary>What is owed to whoever must know, and the incidents of the whole.</summary>
public sealed class IncidentGrainTests
{
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);

    [Fact]
    public async Task A_notification_is_kept_once_until_it_was_told()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        await grain.Take([Opened(1), Opened(2)]);
        await grain.Take([Opened(2), Opened(1), Opened(3)]);
        await under.Cluster.DeactivateAsync(grain);
        Assert.Equal([1, 2, 3], (await grain.Next(10)).Select(n => n.Incident.Key.Epoch));
        Assert.Equal([1], (await grain.Next(1)).Select(n => n.Incident.Key.Epoch));
        await grain.Told([Opened(1), Opened(3)]);
        await under.Cluster.DeactivateAsync(grain);
        Assert.Equal([2], (await grain.Next(10)).Select(n => n.Incident.Key.Epoch));
    }

    [Fact]
    public async Task What_cannot_be_written_is_not_taken()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        await grain.Take([Opened(1)]);
        under.Storage.OnWrite = (name, _) => name == "incidents" ? new IOException("the database is away") : null;
        await Assert.ThrowsAnyAsync<Exception>(() => grain.Take([Opened(2)]));
        await Assert.ThrowsAnyAsync<Exception>(() => grain.Told([Opened(1)]));
        under.Storage.OnWrite = (_, _) => null;
        Assert.Equal([1], (await grain.Next(10)).Select(n => n.Incident.Key.Epoch));
    }

    [Fact]
    public async Task Of_two_activations_that_both_take_one_is_refused_and_begins_anew()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        await grain.Take([Opened(1)]);

        // Another activation, somewhere, wrote meanwhile.
        var id = grain.GetGrainId();
        under.Storage.Put("incidents", id, System.Text.Encoding.UTF8.GetBytes(under.Storage.Json("incidents", "0")));
        await Assert.ThrowsAnyAsync<Exception>(() => grain.Take([Opened(2)]));
        await grain.Take([Opened(2)]);
        Assert.Equal([1, 2], (await grain.Next(10)).Select(n => n.Incident.Key.Epoch));
    }

    [Fact]
    public async Task When_too_many_wait_the_rest_stays_with_those_who_owe_it()
    {
        await using var under = await ClusterUnderTest.StartAsync();
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        await grain.Take([.. Enumerable.Range(1, IncidentGrain.MostWaiting).Select(Opened)]);
        await Assert.ThrowsAsync<Storage.StorageFullException>(() => grain.Take([Opened(IncidentGrain.MostWaiting + 1)]));
        await grain.Told([Opened(1)]);
        await grain.Take([Opened(IncidentGrain.MostWaiting + 1)]);
    }

    [Fact]
    public async Task When_most_fail_at_once_one_page_of_the_network_tells_of_it_also_after_the_silo_died()
    {
        OrchestratorId[] many = [.. Enumerable.Range(1, 14).Select(ClusterUnderTest.Orchestrator)];
        await using var under = await ClusterUnderTest.StartAsync(3, null, many);
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        await LivenessTests.RoundAsync(under, many, (_, _) => true, TimeSpan.FromSeconds(60));
        for (var i = 0; i < 4; i++)
        {
            if (i == 2) await under.Cluster.KillSiloAsync(under.Cluster.Silos[2]);
            await LivenessTests.RoundAsync(under, many, (id, _) => id.CompareTo(many[5]) > 0, TimeSpan.FromSeconds(60), controls: true);
            await under.BoardAsync();
            await grain.Look();

            // As long as a silo may go by what it knew.
            under.Time.Advance(ClusterUnderTest.Rules.HealthEvery);
        }

        var down = await LivenessTests.OwedAsync(under);
        var page = Assert.Single(down, n => n.Incident.Severity == Severity.Page);
        Assert.Equal("OrchestratorDown/-/-/1", page.Incident.Key.Text);
        Assert.Equal(6, down.Count(n => n.Incident is { Severity: Severity.Warning, Key.Orchestrator: not null }));
        var network = await grain.Network();
        Assert.Equal((true, 14, 6), (network.Fails, network.Active, network.Down));
        Assert.Equal(12, network.Failing.Length);

        await grain.Told([page]);
        for (var i = 0; i < 6; i++)
        {
            await LivenessTests.RoundAsync(under, many, (_, _) => true, TimeSpan.FromSeconds(60));
            await under.BoardAsync();
            await grain.Look();
        }

        Assert.Equal((NotificationKind.Resolved, 1), (await LivenessTests.OwedAsync(under)).Where(n => n.Incident.Key == page.Incident.Key).Select(n => (n.Kind, n.Sequence)).Single());
    }

    [Fact]
    public async Task A_region_that_asks_no_more_is_an_incident_of_the_instrument()
    {
        await using var under = await ClusterUnderTest.StartAsync(enrolled: One);
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        await under.BoardAsync();
        for (var i = 0; i < 12; i++)
        {
            await under.Hub.LeaseAsync(ClusterUnderTest.Mdw, 1, TimeSpan.Zero, CancellationToken.None);
            under.Time.Advance(TimeSpan.FromMinutes(1));
            await grain.Look();
        }

        var stale = Assert.Single(await grain.Next(100), n => n.Incident.Key.Rule == IncidentRule.RegionStale);
        Assert.Equal("RegionStale/-/FRA/1", stale.Incident.Key.Text);
        await under.Hub.LeaseAsync(ClusterUnderTest.Fra, 1, TimeSpan.Zero, CancellationToken.None);
        await grain.Look();
        Assert.Contains(await grain.Next(100), n => n.Incident.Key == stale.Incident.Key && n.Kind == NotificationKind.Resolved);
    }

    internal static Notification Opened(int epoch) => new(NotificationKind.Opened, 0, new Incident
    {
        Key = new IncidentKey(IncidentRule.OrchestratorDown, One, null, epoch),
        Severity = Severity.Page,
        Since = new DateTimeOffset(2026, 11, 20, 11, 55, 0, TimeSpan.Zero),
        OpenedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        Summary = "It does not answer.",
        Evidence = [new RegionEvidence(ClusterUnderTest.Fra, new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), "no answer")],
    });
}
