using Monitoring.Core;
using Monitoring.Probing.Tests.Worker;
using Monitoring.Testing;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Probing.Tests.OwnHealth;

public sealed class A_frozen_process_charges_nobody : IDisposable
{
    private readonly VirtualTime _time = new(RegionUnderTest.Start);
    private readonly Pulse _pulse;

    public A_frozen_process_charges_nobody() => _pulse = new Pulse(_time, beat => beat());

    public void Dispose() => _pulse.Dispose();

    [Theory]
    [InlineData(OutcomeCode.ResultTimedOut)]
    [InlineData(OutcomeCode.Completed)]
    public async Task A_test_in_which_it_stood_still_is_void_whatever_it_found(OutcomeCode found)
    {
        var result = await TestAsync(found, () =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            _time.Jump(TimeSpan.FromSeconds(9));
            _time.Advance(TimeSpan.FromSeconds(1));
        });
        Assert.Equal(OutcomeCode.OurOverload, result.Outcome.Code);
        Assert.Contains("stood still for 9", result.Outcome.Detail, StringComparison.Ordinal);
        Assert.Contains(found.ToString(), result.Outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_freeze_that_ends_with_the_test_is_seen_too()
    {
        using var pulse = new Pulse(new Unfired(_time), beat => beat());
        var watch = pulse.Begin();
        _time.Jump(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), watch.End());
    }

    [Fact]
    public void Work_that_waits_for_its_turn_is_seen_although_timers_are_on_time()
    {
        var waiting = new Queue<Action>();
        using var pulse = new Pulse(_time, waiting.Enqueue);
        var watch = pulse.Begin();
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Single(waiting);
        waiting.Dequeue()();
        _time.Advance(TimeSpan.FromSeconds(0.1));
        waiting.Dequeue()();
        Assert.Equal(TimeSpan.FromSeconds(1.5), watch.End());
    }

    [Fact]
    public async Task Short_pauses_add_up_within_two_seconds_and_not_over_a_whole_test()
    {
        var crowded = await TestAsync(OutcomeCode.Unreachable, () => Pauses(3, between: TimeSpan.FromSeconds(0.1)));
        Assert.Equal(OutcomeCode.OurOverload, crowded.Outcome.Code);
        var apart = await TestAsync(OutcomeCode.Unreachable, () => Pauses(6, between: TimeSpan.FromSeconds(2)));
        Assert.Equal(OutcomeCode.Unreachable, apart.Outcome.Code);

        void Pauses(int count, TimeSpan between)
        {
            for (var i = 0; i < count; i++)
            {
                _time.Jump(TimeSpan.FromSeconds(0.5));
                _time.Advance(between);
            }
        }
    }

    [Fact]
    public async Task What_it_found_while_it_ran_stands_and_so_does_what_counts_for_nobody()
    {
        _time.Jump(TimeSpan.FromMinutes(1));
        Assert.Equal(OutcomeCode.ResultTimedOut, (await TestAsync(OutcomeCode.ResultTimedOut, () => _time.Advance(TimeSpan.FromSeconds(30)))).Outcome.Code);
        Assert.Equal(OutcomeCode.OurNetwork, (await TestAsync(OutcomeCode.OurNetwork, () => _time.Jump(TimeSpan.FromSeconds(9)))).Outcome.Code);
        Assert.Equal(OutcomeCode.Capped, (await TestAsync(OutcomeCode.Capped, () => _time.Jump(TimeSpan.FromSeconds(9)))).Outcome.Code);
    }

    private Task<TestResult> TestAsync(OutcomeCode found, Action during) =>
        new SteadyTester(new Tester(found, during), _pulse).RunAsync(RegionUnderTest.Job(1), TestContext.Current.CancellationToken);

    private sealed class Tester(OutcomeCode found, Action during) : IStreamTester
    {
        public Task<TestResult> RunAsync(TestJob job, CancellationToken cancellationToken)
        {
            during();
            return Task.FromResult(RegionUnderTest.Result(job, found));
        }
    }

    /// <summary>A clock whose timers have not fired yet when the process wakes.</summary>
    private sealed class Unfired(TimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
