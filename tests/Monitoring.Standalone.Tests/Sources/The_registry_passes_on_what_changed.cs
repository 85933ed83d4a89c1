using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Standalone.Sources;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Sources;

public sealed class The_registry_passes_on_what_changed
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly VirtualTime _time = new(Noon);
    private readonly ScriptedSource _source = new();
    private readonly Enrolment _enrolment = new();

    [Fact]
    public async Task The_first_list_is_believed_and_the_same_one_is_not_passed_on_again()
    {
        var registry = Create();
        _source.Say(10);
        Assert.True(await registry.WalkAsync(TestContext.Current.CancellationToken));
        Assert.True(await registry.WalkAsync(TestContext.Current.CancellationToken));
        Assert.Equal([10], _enrolment.Counts);
    }

    [Fact]
    public async Task A_small_change_is_passed_on_at_once()
    {
        var registry = Create();
        foreach (var count in new[] { 10, 11, 9 })
        {
            _source.Say(count);
            await registry.WalkAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal([10, 11, 9], _enrolment.Counts);
    }

    [Fact]
    public async Task A_large_change_waits_until_it_is_said_again_ten_minutes_later()
    {
        var registry = Create();
        _source.Say(10);
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        _source.Say(3);
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(9.9));
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        Assert.Equal([10], _enrolment.Counts);

        _time.Advance(TimeSpan.FromMinutes(0.2));
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        Assert.Equal([10, 3], _enrolment.Counts);
    }

    [Fact]
    public async Task The_operators_own_list_is_believed_whatever_changes()
    {
        _source.IsOwn = true;
        var registry = Create();
        foreach (var count in new[] { 10, 1 })
        {
            _source.Say(count);
            await registry.WalkAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal([10, 1], _enrolment.Counts);
    }

    [Fact]
    public async Task A_source_that_fails_leaves_the_set_in_force()
    {
        var registry = Create();
        _source.Say(10);
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        _source.Fail();
        Assert.False(await registry.WalkAsync(TestContext.Current.CancellationToken));
        _source.Say(10);
        Assert.True(await registry.WalkAsync(TestContext.Current.CancellationToken));
        Assert.Equal([10], _enrolment.Counts);
    }

    [Fact]
    public async Task The_set_of_the_process_before_is_in_force_until_the_source_answers()
    {
        _source.Fail();
        var registry = Create(remembered: Entries(7));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = registry.RunAsync(stop.Token);
        await _enrolment.Applied(1);
        Assert.Equal([7], _enrolment.Counts);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_set_that_could_not_be_taken_over_is_passed_on_again()
    {
        var registry = Create();
        _source.Say(10);
        _enrolment.FailNext = true;
        Assert.False(await registry.WalkAsync(TestContext.Current.CancellationToken));
        Assert.True(await registry.WalkAsync(TestContext.Current.CancellationToken));
        Assert.Equal([10], _enrolment.Counts);
    }

    [Fact]
    public async Task A_moved_orchestrator_is_a_change()
    {
        var registry = Create();
        _source.Say(10);
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        _source.Say([.. Entries(9), Entries(10)[9] with { ServiceUri = "https://moved.example:1" }]);
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        Assert.Equal([10, 10], _enrolment.Counts);
        Assert.Contains(_enrolment.Last!.Active.Values, e => e.ServiceUri == "https://moved.example:1");
    }

    [Fact]
    public async Task Announced_maintenance_is_laid_over_what_the_source_says()
    {
        var window = new MaintenanceWindow(Noon, Noon.AddHours(2));
        var registry = Create(ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>>.Empty.Add(Entries(2)[1].Id, [window]));
        _source.Say(2);
        await registry.WalkAsync(TestContext.Current.CancellationToken);
        var records = _enrolment.Last!.Records();
        Assert.Equal([window], records[Entries(2)[1].Id].Maintenance);
        Assert.Empty(records[Entries(2)[0].Id].Maintenance);
    }

    [Fact]
    public async Task The_source_is_read_again_after_each_refresh_and_sooner_while_nothing_is_known()
    {
        var registry = Create();
        _source.Fail();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = registry.RunAsync(stop.Token);
        await _source.Read(1);
        _source.Say(10);
        await AdvanceUntilAsync(_source.Read(2));
        Assert.InRange(_time.GetUtcNow() - Noon, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
        await _enrolment.Applied(1);
        var before = _time.GetUtcNow();
        await AdvanceUntilAsync(_source.Read(3));
        Assert.InRange(_time.GetUtcNow() - before, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(120));
        await stop.CancelAsync();
        await running;
    }

    private async Task AdvanceUntilAsync(Task happened)
    {
        while (!happened.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Registry Create(ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>>? maintenance = null, IReadOnlyList<RegistryEntry>? remembered = null) => new(
        _source,
        _enrolment,
        maintenance ?? ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>>.Empty,
        remembered ?? [],
        TimeSpan.FromSeconds(60),
        _time,
        NullLogger<Registry>.Instance);

    private static List<RegistryEntry> Entries(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new RegistryEntry(OrchestratorId.Parse($"0x{i:x40}"), $"https://192.0.2.{i}:8935", true))];

    private sealed class ScriptedSource : IOrchestratorSource
    {
        private readonly Counter _reads = new();
        private volatile IReadOnlyList<RegistryEntry>? _entries;

        public bool IsOwn { get; set; }

        public void Say(int count) => _entries = Entries(count);

        public void Say(IReadOnlyList<RegistryEntry> entries) => _entries = entries;

        public void Fail() => _entries = null;

        public Task Read(int times) => _reads.Reached(times);

        public Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken)
        {
            var entries = _entries;
            _reads.Add();
            return entries is null ? Task.FromException<IReadOnlyList<RegistryEntry>>(new SourceException("it is a test")) : Task.FromResult(entries);
        }
    }

    private sealed class Enrolment : IEnrolment
    {
        private readonly Counter _applied = new();

        public List<int> Counts { get; } = [];

        public EnrolmentRule? Last { get; private set; }

        public bool FailNext { get; set; }

        public Task Applied(int times) => _applied.Reached(times);

        public Task ApplyAsync(EnrolmentRule rule, CancellationToken cancellationToken)
        {
            if (FailNext)
            {
                FailNext = false;
                throw new IOException("the disk is full");
            }

            Counts.Add(rule.Active.Count);
            Last = rule;
            _applied.Add();
            return Task.CompletedTask;
        }
    }
}
