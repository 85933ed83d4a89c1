using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Alerting;
using Monitoring.Cluster.Incidents;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;
using Monitoring.Web;
using Npgsql;

namespace Monitoring.Cluster.Tests.Incidents;

/// <summary>One hub at a time tells, with the product's delivery on a real PostgreSQL.</summary>
public sealed class AlertDutyTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task Whatever_hub_dies_every_notification_arrives_and_those_of_an_incident_in_order()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        var url = PostgresUrl.Parse(await server.CreateDatabaseAsync());
        await new Migrator(url, MigrationSource.State).MigrateAsync(null, Cancel);
        await using var under = await ClusterUnderTest.StartAsync();
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        var pager = new Pager();
        await using var one = new Hub(url, pager, under.Grains);
        await using var two = new Hub(url, pager, under.Grains);
        var owed = new List<Notification>();
        for (var epoch = 1; epoch <= 6; epoch++)
        {
            ImmutableArray<Notification> incident = [Step(epoch, 0), Step(epoch, 1), Step(epoch, 2)];
            owed.AddRange(incident);

            // While this one fails, the hub holds what it has taken, told to nobody.
            pager.IsAway = epoch % 2 == 0;
            await grain.Take(incident);
            if (pager.IsAway) await pager.TriedAsync(incident[0]).WaitAsync(Generous, Cancel);
            else await pager.ToldAsync(incident[2]).WaitAsync(Generous, Cancel);

            // The holder's connection is cut: as far as the server can tell it died. Whatever it believes, it can write nothing any more.
            await KillHolderAsync(url);
            pager.IsAway = false;
            await pager.ToldAsync(incident[2]).WaitAsync(Generous, Cancel);
        }

        foreach (var incident in owed.GroupBy(n => n.Incident.Key))
        {
            var arrived = pager.Arrived.Where(n => n.Incident.Key == incident.Key).Select(n => n.Sequence).ToList();
            Assert.Equal([0, 1, 2], arrived.Distinct());
        }

        while (!(await grain.Next(10)).IsEmpty) await Task.Yield();
        Assert.True(one.Opened + two.Opened >= 6, "The duty was not handed over.");
    }

    [LimitedFact]
    public async Task Nobody_tells_beside_the_one_who_has_the_duty()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = PostgresUrl.Parse(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new Migrator(url, MigrationSource.State).MigrateAsync(null, Cancel);
        await using var under = await ClusterUnderTest.StartAsync();
        var pager = new Pager();
        var one = new Hub(url, pager, under.Grains);
        await using var two = new Hub(url, pager, under.Grains);
        var grain = under.Grains.GetGrain<IIncidentGrain>(0);
        await grain.Take([Step(1, 0)]);
        await pager.ToldAsync(Step(1, 0)).WaitAsync(Generous, Cancel);
        Assert.Equal(1, one.Opened + two.Opened);

        // One that stops gives the duty up, and the other has it.
        await one.DisposeAsync();
        await grain.Take([Step(1, 1)]);
        await pager.ToldAsync(Step(1, 1)).WaitAsync(Generous, Cancel);
        Assert.Equal([0, 1], pager.Arrived.Select(n => n.Sequence));
    }

    [LimitedFact]
    public async Task Whichever_hub_is_asked_the_one_that_tells_answers()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = PostgresUrl.Parse(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new Migrator(url, MigrationSource.State).MigrateAsync(null, Cancel);
        await using var under = await ClusterUnderTest.StartAsync();
        var question = new AlertQuestion(AlertSubject.Nonce, "whatever"u8.ToArray());
        Assert.Equal(503, (await new Hub(under.Grains).Desk.AskAsync(question, Cancel)).Status);

        var pager = new Pager();
        var one = new Hub(url, pager, under.Grains, "one");
        await pager.OpenedAsync("one").WaitAsync(Generous, Cancel);
        await using var two = new Hub(url, pager, under.Grains, "two");
        Assert.Equal("one Nonce whatever", await AskedAsync(one, question));
        Assert.Equal("one Nonce whatever", await AskedAsync(two, question));

        // Nobody answers for one that has given the duty up, until the other has it.
        await one.DisposeAsync();
        await pager.OpenedAsync("two").WaitAsync(Generous, Cancel);
        Assert.Equal("two Nonce whatever", await AskedAsync(two, question));
        Assert.Equal("two Nonce whatever", await AskedAsync(one, question));

        // What fails there fails nowhere else.
        pager.IsAway = true;
        foreach (var hub in new[] { one, two }) Assert.Equal(503, (await hub.Desk.AskAsync(question, Cancel)).Status);
    }

    // The one that tells says so soon after it has begun to.
    private static async Task<string> AskedAsync(Hub hub, AlertQuestion question)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Generous);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var answer = await hub.Desk.AskAsync(question, limit.Token);
            if (answer.Status == 200) return Encoding.UTF8.GetString(answer.Body.Span);
            await Task.Yield();
        }
    }

    private static Notification Step(int epoch, int sequence)
    {
        var opened = IncidentGrainTests.Opened(epoch);
        return opened with { Sequence = sequence, Kind = sequence switch { 0 => NotificationKind.Opened, 1 => NotificationKind.Changed, _ => NotificationKind.Resolved } };
    }

    private static async Task KillHolderAsync(PostgresUrl url)
    {
        await using var database = NpgsqlDataSource.Create(url.ForPool(1));
        await using var command = database.CreateCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        while (await command.ExecuteScalarAsync(Cancel) is not > 0L) await Task.Yield();
    }

    /// <summary>What a hub does of it.</summary>
    private sealed class Hub : IAsyncDisposable
    {
        private readonly AlertDuty _duty;
        private int _opened;

        public Hub(PostgresUrl url, Pager pager, IGrainFactory grains, string name = "")
            : this(grains, url, (hub, duty, cancel) => hub.OpenAsync(duty, pager, name, cancel)) => _ = _duty.StartAsync(CancellationToken.None);

        /// <summary>One that never has the duty.</summary>
        public Hub(IGrainFactory grains)
            : this(grains, PostgresUrl.Parse("postgres://nobody@127.0.0.1:1/nothing"), (_, _, _) => throw new NotSupportedException())
        {
        }

        private Hub(IGrainFactory grains, PostgresUrl url, Func<Hub, PostgresDuty, CancellationToken, Task<ITeller>> open)
        {
            var rules = ClusterUnderTest.Rules with { ViewEvery = TimeSpan.FromMilliseconds(20) };
            _duty = new AlertDuty(url, (duty, cancel) => open(this, duty, cancel), grains, new NoBoard(), rules, TimeProvider.System, NullLogger<AlertDuty>.Instance);
            Desk = new AskedDesk(_duty, grains, NullLogger<AskedDesk>.Instance);
        }

        public AskedDesk Desk { get; }

        public int Opened => Volatile.Read(ref _opened);

        public async ValueTask DisposeAsync()
        {
            await _duty.StopAsync(CancellationToken.None);
            _duty.Dispose();
        }

        private async Task<ITeller> OpenAsync(PostgresDuty duty, Pager pager, string name, CancellationToken cancellationToken)
        {
            var store = LogOutbox.Open(await duty.OpenLogAsync("outbox", cancellationToken), new OutboxBounds(), null);
            Interlocked.Increment(ref _opened);
            pager.Open(name);
            return new Teller(name, pager, store, new AlertOutbox(
                store, new Router([], ["pager"]), ImmutableDictionary<string, IChannel>.Empty.Add("pager", pager), null,
                new DeliveryPolicy { FirstWait = TimeSpan.FromMilliseconds(20), LongestRest = TimeSpan.FromMilliseconds(20) }, new Random(7), TimeProvider.System, NullLogger<AlertOutbox>.Instance));
        }
    }

    private sealed class Teller(string name, Pager pager, LogOutbox store, AlertOutbox outbox) : ITeller
    {
        public async Task TakeAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
        {
            foreach (var notification in notifications) await outbox.TakeAsync(notification, cancellationToken);
        }

        public Task<AlertAnswer> AnswerAsync(AlertQuestion question, ILeaderboard board, CancellationToken cancellationToken) => pager.IsAway
            ? throw new IOException("the database is away")
            : Task.FromResult(new AlertAnswer(200, Encoding.UTF8.GetBytes($"{name} {question.Subject} {Encoding.UTF8.GetString(question.Body.Span)}")));

        public Task RunAsync(CancellationToken stop) => outbox.RunAsync(stop);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }

    private sealed class NoBoard : ILeaderboard
    {
        public LeaderboardSnapshot Current => LeaderboardSnapshot.Empty;
    }

    /// <summary>A receiver that remembers, and may be away.</summary>
    private sealed class Pager : IChannel
    {
        private readonly ConcurrentDictionary<(IncidentKey, int), TaskCompletionSource> _told = new();
        private readonly ConcurrentDictionary<(IncidentKey, int), TaskCompletionSource> _tried = new();

        private readonly ConcurrentDictionary<string, TaskCompletionSource> _opened = new();

        public volatile bool IsAway;

        public ConcurrentQueue<Notification> Arrived { get; } = new();

        public Task ToldAsync(Notification notification) => Of(_told, notification).Task;

        public void Open(string hub) => _opened.GetOrAdd(hub, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

        public Task OpenedAsync(string hub) => _opened.GetOrAdd(hub, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task TriedAsync(Notification notification) => Of(_tried, notification).Task;

        public Task<Attempt> SendAsync(Notification notification, CancellationToken cancellationToken)
        {
            Of(_tried, notification).TrySetResult();
            if (IsAway) return Task.FromResult(new Attempt(Verdict.Failed, 503, "away"));
            Arrived.Enqueue(notification);
            Of(_told, notification).TrySetResult();
            return Task.FromResult(new Attempt(Verdict.Taken, 200, ""));
        }

        private static TaskCompletionSource Of(ConcurrentDictionary<(IncidentKey, int), TaskCompletionSource> all, Notification notification) =>
            all.GetOrAdd((notification.Incident.Key, notification.Sequence), _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
