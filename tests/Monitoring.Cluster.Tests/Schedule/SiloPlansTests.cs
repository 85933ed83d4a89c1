using System.Reflection;
using Monitoring.Cluster.Schedule;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Schedule;

/// <summary>A silo that starts needs the schedule's secret for every grain at once.</summary>
public sealed class SiloPlansTests
{
    [Fact]
    public async Task Of_many_who_need_the_secret_at_once_one_asks_for_it_and_after_a_failure_one_asks_again()
    {
        var asked = 0;
        var answer = new TaskCompletionSource<byte[]>();
        var schedule = StandIn.For<IScheduleGrain>(method => method.Name == nameof(IScheduleGrain.Master) ? Ask() : Task.CompletedTask);
        var plans = new SiloPlans(ClusterUnderTest.Rules, StandIn.For<IGrainFactory>(_ => schedule));
        var many = Enumerable.Range(0, 2_000).Select(_ => plans.LoadAsync().AsTask()).ToArray();
        Assert.Equal(1, asked);
        answer.SetException(new TimeoutException("It is away."));
        foreach (var one in many) await Assert.ThrowsAsync<TimeoutException>(() => one);
        Assert.Throws<InvalidOperationException>(() => plans.Commitment(new DateOnly(2026, 11, 20)));

        answer = new TaskCompletionSource<byte[]>();
        many = [.. Enumerable.Range(0, 2_000).Select(_ => plans.LoadAsync().AsTask())];
        answer.SetResult(new byte[32]);
        await Task.WhenAll(many);
        await plans.LoadAsync();
        Assert.Equal(2, asked);
        Assert.Equal(DaySeed.Commitment(DaySeed.SecretOf(new byte[32], new DateOnly(2026, 11, 20))), plans.Commitment(new DateOnly(2026, 11, 20)));

        Task<byte[]> Ask()
        {
            asked++;
            return answer.Task;
        }
    }

    /// <summary>Answers for an interface. Public and open, for what stands in is derived from it; a class that is written down would be taken for a grain.</summary>
    public class StandIn : DispatchProxy
    {
        private Func<MethodInfo, object?> _answer = _ => null;

        internal static T For<T>(Func<MethodInfo, object?> answer) where T : class
        {
            var made = Create<T, StandIn>();
            ((StandIn)(object)made)._answer = answer;
            return made;
        }

        /// <inheritdoc />
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!);
    }
}
