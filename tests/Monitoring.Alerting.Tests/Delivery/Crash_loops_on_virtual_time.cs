using System.Globalization;

namespace Monitoring.Alerting.Tests;

/// <summary>
/// The queue and the real store under a process that dies again and again: before a write, after a write that nobody learnt of, after the
/// receiver has it and before that is noted. All of it follows from one seed.
/// </summary>
public sealed class Crash_loops_on_virtual_time
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_is_lost_and_duplicates_come_only_under_the_same_key_and_in_order(int seed)
    {
        using var scratch = new Scratch();
        var world = new World(seed, scratch.At("outbox.jsonl"));
        await world.RunAsync();
        world.Judge();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"seed {seed}: {world.Offered} notifications, {world.Crashes} crashes, {world.Told} told, {world.Duplicates} twice, {world.Dead} dead letters"));
        Assert.True(world.Crashes > 20, "It hardly crashed, so it proves little.");
    }

    private sealed class CrashException : Exception;

    private sealed class World(int seed, string path)
    {
        private const int Notifications = 200;
        private static readonly string[] Channels = ["flaky", "picky", "silent", "steady"];
        private readonly Random _random = new(seed);
        private readonly List<Notification> _owed = [];
        private readonly List<Notification> _acknowledged = [];
        private readonly Dictionary<string, List<(string Incident, int Sequence)>> _got = Channels.ToDictionary(c => c, _ => new List<(string, int)>());
        private readonly Dictionary<int, Notification> _last = [];
        private readonly DeliveryPolicy _policy = new() { GiveUp = TimeSpan.FromHours(1) };
        private DateTimeOffset _now = Incidents.Start;
        private int _epoch = 1;
        private ImmutableArray<DeadLetter> _dead = [];

        public int Offered { get; private set; }

        public int Crashes { get; private set; }

        public int Told => _got.Values.Sum(g => g.Count);

        public int Duplicates => _got.Values.Sum(g => g.Count - g.Distinct().Count());

        public int Dead => _dead.Length;

        public async Task RunAsync()
        {
            while (Offered < Notifications)
            {
                try
                {
                    await LiveAsync(mayCrash: true);
                }
                catch (CrashException)
                {
                    Crashes++;
                }
            }

            // The storm is over: everything that is owed goes out, or has been given up.
            await LiveAsync(mayCrash: false);
        }

        public void Judge()
        {
            Assert.Empty(_owed);
            var dead = _dead.Select(d => (d.Delivery.Channel, d.Delivery.Notification.Incident.Key.Text, d.Delivery.Notification.Sequence)).ToHashSet();
            foreach (var channel in Channels)
            {
                var got = _got[channel].ToHashSet();
                foreach (var notification in _acknowledged)
                {
                    var id = (notification.Incident.Key.Text, notification.Sequence);
                    Assert.True(got.Contains(id) || dead.Contains((channel, id.Text, id.Sequence)), $"{channel} never got {id} and it is no dead letter.");
                }

                // In order: what is told first of each sequence never runs ahead, and a repetition is only ever of the newest.
                foreach (var incident in _got[channel].GroupBy(g => g.Incident))
                {
                    var highest = -1;
                    foreach (var (_, sequence) in incident)
                    {
                        Assert.True(sequence >= highest, $"{channel} got {incident.Key} #{sequence} after #{highest}.");
                        highest = Math.Max(highest, sequence);
                    }
                }
            }
        }

        // One life of the process: it opens the store, takes up what is left, and goes on until it dies or is done.
        private async Task LiveAsync(bool mayCrash)
        {
            await using var store = await LogOutbox.OpenAsync(path, new OutboxBounds(), null, CancellationToken.None);
            var queues = Channels.ToDictionary(c => c, _ => new ChannelQueue(_policy, (_, _) => null, _random));
            foreach (var left in await store.ReadAsync(CancellationToken.None)) queues[left.Channel].Add(left);
            while (Offered < Notifications || (!mayCrash && (_owed.Count > 0 || queues.Values.Any(q => q.Count > 0))))
            {
                if (Offered < Notifications) Happen();
                foreach (var notification in _owed.ToList())
                {
                    Die(mayCrash);
                    var owed = await store.AddAsync(notification, [.. Channels.Select(c => new Receiver(c, ""))], _now, CancellationToken.None);
                    Die(mayCrash);
                    foreach (var delivery in owed) queues[delivery.Channel].Add(delivery);
                    _owed.Remove(notification);
                    _acknowledged.Add(notification);
                }

                foreach (var (channel, queue) in queues)
                {
                    while (queue.Next(_now) is QueueStep.Send send) await SendAsync(store, queue, channel, send.Delivery, mayCrash);
                }

                _dead = await store.ReadDeadAsync(CancellationToken.None);
                _now += TimeSpan.FromSeconds(_random.Next(1, 90));
            }
        }

        private async Task SendAsync(LogOutbox store, ChannelQueue queue, string channel, OwedDelivery delivery, bool mayCrash)
        {
            var attempt = Answer(channel, delivery, mayCrash);
            Die(mayCrash);
            switch (queue.Sent(delivery, attempt, _now))
            {
                case QueueResult.Done(var done):
                    await store.SettleAsync(done, standing: false, CancellationToken.None);
                    Die(mayCrash);
                    queue.Remove(delivery, wasTold: true);
                    break;
                case QueueResult.Postponed(var postponed):
                    await store.PostponeAsync(postponed, CancellationToken.None);
                    break;
                case QueueResult.Dead(var letter):
                    await store.BuryAsync(letter, CancellationToken.None);
                    Die(mayCrash);
                    queue.Remove(delivery, wasTold: false);
                    break;
            }
        }

        // The receiver notes what it gets even where the answer is lost.
        private Attempt Answer(string channel, OwedDelivery delivery, bool storm)
        {
            var id = (delivery.Notification.Incident.Key.Text, delivery.Notification.Sequence);
            switch (channel)
            {
                case "silent" when storm || _random.Next(2) == 0:
                    return new Attempt(Verdict.Failed, 0, "no answer");
                case "picky" when _random.Next(12) == 0:
                    return new Attempt(Verdict.Refused, 404, "no such hook");
                case "flaky" when _random.Next(3) == 0:
                    if (_random.Next(2) == 0) _got[channel].Add(id);
                    return new Attempt(Verdict.Failed, 503, "later", _random.Next(2) == 0 ? TimeSpan.FromSeconds(_random.Next(1, 10_000)) : null);
                default:
                    _got[channel].Add(id);
                    return new Attempt(Verdict.Taken, 200, "");
            }
        }

        private void Happen()
        {
            var number = _random.Next(1, 8);
            if (!_last.TryGetValue(number, out var last)) last = Incidents.Opened(number, _epoch++);
            else last = _random.Next(3) == 0 ? last.Resolved(_now) : last.Changed();
            if (last.Kind == NotificationKind.Resolved) _last.Remove(number);
            else _last[number] = last;
            _owed.Add(last);
            Offered++;
        }

        private void Die(bool mayCrash)
        {
            if (mayCrash && _random.Next(25) == 0) throw new CrashException();
        }
    }
}
