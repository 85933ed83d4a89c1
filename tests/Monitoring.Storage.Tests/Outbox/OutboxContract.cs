using Monitoring.Core;

namespace Monitoring.Storage.Tests.Outbox;

/// <summary>What every place that an outbox is kept in must do.</summary>
public abstract class OutboxContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableArray<Receiver> Both = [new("pager", "pages"), new("chat", "")];
    private LogOutbox _outbox = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The outbox as it is kept; what was opened before was disposed.</summary>
    protected abstract Task<LogOutbox> OpenAsync(OutboxBounds bounds);

    protected abstract ValueTask CloseAsync();

    public async ValueTask InitializeAsync() => _outbox = await OpenAsync(new OutboxBounds());

    public async ValueTask DisposeAsync()
    {
        if (_outbox is not null) await _outbox.DisposeAsync();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_same_key_and_sequence_is_taken_once_also_after_a_restart_and_after_it_was_told()
    {
        var owed = await _outbox.AddAsync(Opened(1), Both, Now, Cancel);
        Assert.Equal(["pager", "chat"], owed.Select(o => o.Channel));
        Assert.Empty(await _outbox.AddAsync(Opened(1), Both, Now, Cancel));
        foreach (var delivery in owed) await _outbox.SettleAsync(delivery, standing: false, Cancel);
        await ReopenAsync();
        Assert.Empty(await _outbox.AddAsync(Opened(1), Both, Now, Cancel));
        Assert.Equal(0, _outbox.Waiting);
    }

    [Fact]
    public async Task What_waits_comes_back_whole_after_a_restart()
    {
        var opened = Opened(1) with { Incident = Opened(1).Incident with { Evidence = [new RegionEvidence(RegionId.Parse("FRA"), Now, "3 of 3 \"checks\" <failed>")], ResolvedAt = null } };
        var owed = await _outbox.AddAsync(opened, Both, Now, Cancel);
        await _outbox.PostponeAsync(owed[0] with { Attempts = 3, NotBefore = Now.AddMinutes(5), Trouble = "503" }, Cancel);
        await ReopenAsync();
        var read = (await _outbox.ReadAsync(Cancel)).Single(o => o.Channel == "pager");
        Assert.Equal((3, Now.AddMinutes(5), "503", "pages"), (read.Attempts, read.NotBefore, read.Trouble, read.Route));
        Assert.Equal(opened.Incident with { Evidence = [] }, read.Notification.Incident with { Evidence = [] });
        Assert.Equal(opened.Incident.Evidence, read.Notification.Incident.Evidence);
    }

    [Fact]
    public async Task Whoever_was_told_of_the_beginning_is_owed_the_end()
    {
        await _outbox.AddAsync(Opened(1), Both, Now, Cancel);
        var end = await _outbox.AddAsync(Opened(1) with { Kind = NotificationKind.Resolved, Sequence = 1 }, [new("mail", "")], Now, Cancel);
        Assert.Equal(["pager", "chat", "mail"], end.Select(o => o.Channel));
    }

    [Fact]
    public async Task A_later_incident_whose_epochs_were_counted_anew_is_not_taken_for_the_old_one()
    {
        await _outbox.AddAsync(Opened(1), Both, Now, Cancel);
        await _outbox.AddAsync(Opened(1) with { Kind = NotificationKind.Resolved, Sequence = 1 }, Both, Now, Cancel);
        var again = Opened(1) with { Incident = Opened(1).Incident with { OpenedAt = Now.AddHours(3) } };
        Assert.Equal(2, (await _outbox.AddAsync(again, Both, Now.AddHours(3), Cancel)).Length);
    }

    [Fact]
    public async Task A_full_outbox_refuses_and_keeps_what_it_has()
    {
        await _outbox.DisposeAsync();
        _outbox = await OpenAsync(new OutboxBounds { Waiting = 3 });
        var owed = await _outbox.AddAsync(Opened(1), Both, Now, Cancel);
        await Assert.ThrowsAsync<StorageFullException>(() => _outbox.AddAsync(Opened(2), Both, Now, Cancel));
        Assert.Equal(2, _outbox.Waiting);
        await _outbox.SettleAsync(owed[0], standing: false, Cancel);
        Assert.Equal(2, (await _outbox.AddAsync(Opened(2), Both, Now, Cancel)).Length);
    }

    [Fact]
    public async Task Incidents_that_are_over_make_room_and_those_that_last_do_not()
    {
        await _outbox.DisposeAsync();
        _outbox = await OpenAsync(new OutboxBounds { Incidents = 2 });
        await _outbox.AddAsync(Opened(1), [], Now, Cancel);
        await _outbox.AddAsync(Opened(2), [], Now, Cancel);
        await Assert.ThrowsAsync<StorageFullException>(() => _outbox.AddAsync(Opened(3), [], Now, Cancel));
        await _outbox.AddAsync(Opened(1) with { Kind = NotificationKind.Resolved, Sequence = 1 }, [], Now, Cancel);
        await _outbox.AddAsync(Opened(3), [], Now, Cancel);
    }

    [Fact]
    public async Task What_lasts_stands_until_its_end_is_settled()
    {
        var owed = await _outbox.AddAsync(Opened(1), Both, Now, Cancel);
        foreach (var delivery in owed) await _outbox.SettleAsync(delivery, standing: delivery.Channel == "pager", Cancel);
        await ReopenAsync();
        Assert.Single(await _outbox.ReadStandingAsync("pager", Cancel));
        Assert.Empty(await _outbox.ReadStandingAsync("chat", Cancel));
        var end = await _outbox.AddAsync(Opened(1) with { Kind = NotificationKind.Resolved, Sequence = 1 }, [], Now, Cancel);
        foreach (var delivery in end) await _outbox.SettleAsync(delivery, standing: true, Cancel);
        Assert.Empty(await _outbox.ReadStandingAsync("pager", Cancel));
    }

    [Fact]
    public async Task Of_more_dead_letters_than_the_bound_the_oldest_go()
    {
        await _outbox.DisposeAsync();
        _outbox = await OpenAsync(new OutboxBounds { Dead = 3 });
        for (var i = 1; i <= 5; i++)
        {
            var owed = (await _outbox.AddAsync(Opened(i), [new("pager", "")], Now, Cancel)).Single();
            await _outbox.BuryAsync(new DeadLetter(owed, Now.AddMinutes(i), 404, "no such hook"), Cancel);
        }

        Assert.Equal((0, 3), (_outbox.Waiting, _outbox.Dead));
        Assert.Equal([3, 4, 5], (await _outbox.ReadDeadAsync(Cancel)).Select(l => l.At.Minute));
        Assert.All(await _outbox.ReadDeadAsync(Cancel), l => Assert.Equal((404, "no such hook"), (l.Status, l.Why)));
    }

    protected static Notification Opened(int number) => new(NotificationKind.Opened, 0, new Incident
    {
        Key = new IncidentKey(IncidentRule.OrchestratorDown, OrchestratorId.Parse($"0x{number:x40}"), null, 1),
        Severity = Severity.Page,
        Since = Now.AddMinutes(-5),
        OpenedAt = Now,
        Summary = "It does not answer.",
    });

    private async Task ReopenAsync()
    {
        await _outbox.DisposeAsync();
        _outbox = await OpenAsync(new OutboxBounds());
    }
}
