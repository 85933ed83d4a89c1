using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>Decides by the routes who is told of an incident, and when it may wait.</summary>
/// <param name="routes">The routes in order: the first that matches decides, unless it goes on.</param>
/// <param name="otherwise">The channels for incidents that no route matches.</param>
public sealed class Router(ImmutableArray<Route> routes, ImmutableArray<string> otherwise)
{
    /// <summary>The routes in order.</summary>
    public ImmutableArray<Route> Routes { get; } = routes;

    /// <summary>The channels for incidents that no route matches.</summary>
    public ImmutableArray<string> Otherwise { get; } = otherwise;

    /// <summary>Who is told of an incident, each channel once.</summary>
    public ImmutableArray<Receiver> ReceiversOf(Incident incident)
    {
        var receivers = ImmutableArray.CreateBuilder<Receiver>();
        var matched = false;
        foreach (var route in Routes.Where(r => r.Matches(incident)))
        {
            matched = true;
            Add(receivers, route.Channels, route.Name);
            if (!route.GoesOn) break;
        }

        if (!matched) Add(receivers, Otherwise, "");
        return receivers.ToImmutable();
    }

    /// <summary>Until when a delivery is held back by the quiet hours of its route; null when it is not.</summary>
    public DateTimeOffset? HeldUntil(OwedDelivery delivery, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        if (delivery.Route.Length == 0 || Routes.FirstOrDefault(r => r.Name == delivery.Route)?.Quiet is not { } quiet) return null;
        return delivery.Notification.Incident.Severity == Severity.Page && !quiet.PagesToo ? null : quiet.EndAfter(now);
    }

    private static void Add(ImmutableArray<Receiver>.Builder receivers, ImmutableArray<string> channels, string route)
    {
        foreach (var channel in channels)
        {
            if (!receivers.Any(r => r.Channel == channel)) receivers.Add(new Receiver(channel, route));
        }
    }
}
