using System.Globalization;

namespace Monitoring.Alerting.Tests;

public sealed class Quiet_hours_are_kept
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-11-20T20:59:59Z", null)]
    [InlineData("2026-11-20T21:00:00Z", "2026-11-21T06:00:00Z")]
    [InlineData("2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z")]
    [InlineData("2026-11-21T06:00:00Z", null)]
    [InlineData("2026-07-01T20:00:00Z", "2026-07-02T05:00:00Z")]
    public void They_follow_the_clock_of_the_place(string instant, string? end) =>
        Assert.Equal(end is null ? null : At(end), new QuietHours(new(22, 0), new(7, 0), Berlin, false).EndAfter(At(instant)));

    // The clock of Berlin jumps from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
    [Theory]
    [InlineData("2026-03-29T00:30:00Z", "02:30", "2026-03-29T01:00:00Z")]
    [InlineData("2026-10-25T00:10:00Z", "02:30", "2026-10-25T00:30:00Z")]
    [InlineData("2026-10-25T01:10:00Z", "02:30", "2026-10-25T01:30:00Z")]
    public void An_end_that_the_clock_skips_or_shows_twice_is_found(string instant, string until, string end) =>
        Assert.Equal(At(end), new QuietHours(new(1, 0), TimeOnly.Parse(until, CultureInfo.InvariantCulture), Berlin, false).EndAfter(At(instant)));

    [Theory]
    [InlineData("22:00-07:00", true)]
    [InlineData("22:00-22:00", false)]
    [InlineData("24:00-07:00", false)]
    [InlineData("22-7", false)]
    [InlineData("", false)]
    public void A_span_is_read_strictly(string text, bool isSpan) => Assert.Equal(isSpan, QuietHours.TryParseSpan(text, out _, out _));

    [Fact]
    public void A_page_is_told_at_once_and_a_warning_in_the_morning()
    {
        var queue = Queue(pagesToo: false, out var night, out var morning);
        queue.Add(Owed(Incidents.Opened(1, severity: Severity.Warning), night));
        Assert.Equal(morning, Assert.IsType<QueueStep.Wait>(queue.Next(night)).Until);
        queue.Add(Owed(Incidents.Opened(2), night));
        Assert.Equal(Incidents.Orchestrator(2), Assert.IsType<QueueStep.Send>(queue.Next(night)).Delivery.Notification.Incident.Key.Orchestrator);

        var later = Queue(pagesToo: false, out _, out _);
        later.Add(Owed(Incidents.Opened(1, severity: Severity.Warning), night));
        Assert.IsType<QueueStep.Send>(later.Next(morning));
    }

    [Fact]
    public void Pages_wait_only_where_they_are_told_to()
    {
        var queue = Queue(pagesToo: true, out var night, out var morning);
        queue.Add(Owed(Incidents.Opened(2), night));
        Assert.Equal(morning, Assert.IsType<QueueStep.Wait>(queue.Next(night)).Until);
    }

    [Fact]
    public void What_began_and_ended_in_the_night_is_dropped_but_never_a_page_nor_what_may_have_been_told()
    {
        var queue = Queue(pagesToo: false, out var night, out _);
        var warning = Incidents.Opened(1, severity: Severity.Warning);
        queue.Add(Owed(warning, night));
        queue.Add(Owed(warning.Resolved(night), night));
        Assert.Equal(2, Assert.IsType<QueueStep.Drop>(queue.Next(night)).Deliveries.Length);

        var tried = Queue(pagesToo: false, out night, out var morning);
        tried.Add(Owed(warning, night) with { Attempts = 1 });
        tried.Add(Owed(warning.Resolved(night), night));
        Assert.Equal(morning, Assert.IsType<QueueStep.Wait>(tried.Next(night)).Until);

        var pages = Queue(pagesToo: true, out night, out morning);
        pages.Add(Owed(Incidents.Opened(), night));
        pages.Add(Owed(Incidents.Opened().Resolved(night), night));
        Assert.Equal(morning, Assert.IsType<QueueStep.Wait>(pages.Next(night)).Until);
    }

    private static ChannelQueue Queue(bool pagesToo, out DateTimeOffset night, out DateTimeOffset morning)
    {
        (night, morning) = (At("2026-11-20T23:00:00Z"), At("2026-11-21T06:00:00Z"));
        var router = new Router([new Route { Name = "night", Channels = ["a"], Quiet = new QuietHours(new(22, 0), new(7, 0), Berlin, pagesToo) }], []);
        return new ChannelQueue(new DeliveryPolicy(), router.HeldUntil, new Random(1));
    }

    private static OwedDelivery Owed(Notification notification, DateTimeOffset at) => new() { Channel = "a", Route = "night", Notification = notification, AcceptedAt = at };

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
