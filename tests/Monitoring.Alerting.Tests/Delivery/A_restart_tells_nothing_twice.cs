namespace Monitoring.Alerting.Tests;

/// <summary>An orderly stop that falls between an answer and its note in the store.</summary>
public sealed class A_restart_tells_nothing_twice
{
    [Fact]
    public async Task What_was_taken_is_noted_also_when_the_stop_came_before_the_note()
    {
        var pager = new Pager(Verdict.Taken);
        await using var rig = await AlertRig.StartAsync(new() { ["pager"] = pager });
        pager.Answering = rig.AskToStop;
        var opened = Incidents.Opened();
        await rig.TakeAsync(opened);
        await pager.UntilAsync(1);
        await rig.StopAsync();
        Assert.Equal(1, pager.Told);

        pager.Answering = () => { };
        await rig.StartAsync();
        Assert.Equal(0, rig.Outbox.Waiting);
        await rig.TakeAsync(opened.Changed());
        await pager.UntilAsync(2);
        Assert.Equal([0, 1], pager.Sequences);
    }

    [Fact]
    public async Task What_was_refused_for_good_is_a_dead_letter_also_when_the_stop_came_before_the_note()
    {
        var pager = new Pager(Verdict.Refused);
        await using var rig = await AlertRig.StartAsync(new() { ["pager"] = pager });
        pager.Answering = rig.AskToStop;
        await rig.TakeAsync(Incidents.Opened());
        await pager.UntilAsync(1);
        await rig.StopAsync();
        await rig.StartAsync();
        Assert.Equal((0, 1), (rig.Outbox.Waiting, rig.Outbox.Dead));
    }

    private sealed class Pager(Verdict verdict) : IChannel
    {
        private readonly List<int> _sequences = [];

        public Action Answering { get; set; } = () => { };

        public int Told => Sequences.Length;

        public int[] Sequences
        {
            get
            {
                lock (_sequences) return [.. _sequences];
            }
        }

        public Task UntilAsync(int count) => Until.TrueAsync(() => Told >= count);

        public Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
        {
            lock (_sequences) _sequences.Add(notification.Sequence);
            Answering();
            return Task.FromResult(new Attempt(verdict, verdict == Verdict.Taken ? 200 : 400, ""));
        }
    }
}
