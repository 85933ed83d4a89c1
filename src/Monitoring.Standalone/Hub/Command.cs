using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <summary>Something the hub's loop is asked to do. A closed set.</summary>
internal abstract record Command
{
    private Command()
    {
    }

    public sealed record Lease(RegionId Region, int Workers, bool Unpaid, DateTimeOffset Until, TaskCompletionSource<ImmutableArray<TestJob>> Answer) : Command;

    public sealed record GiveUp(Command.Lease Asked) : Command;

    public sealed record Extend(TestId Test, RegionId Region, TaskCompletionSource<bool> Answer) : Command;

    public sealed record Return(TestId Test, RegionId Region, OutcomeCode Reason, TaskCompletionSource Answer) : Command;

    public sealed record Report(TestResult Result, TaskCompletionSource<ReportAnswer> Answer) : Command;

    public sealed record Post(OutcomeRevision Revision, TaskCompletionSource<PostAnswer> Answer) : Command;

    public sealed record Enrol(EnrolmentRule Rule, TaskCompletionSource Answer) : Command;

    public sealed record Vitals(RegionId Region, RegionVitals Own, TaskCompletionSource Answer) : Command;

    public sealed record Liveness(RegionId Region, LivenessReport Seen, TaskCompletionSource Answer) : Command;

    public sealed record Orders(RegionId Region, long Known, DateTimeOffset Until, TaskCompletionSource<LivenessOrders> Answer) : Command;

    public sealed record GiveUpOrders(Command.Orders Asked) : Command;

    public sealed record Taken(ImmutableArray<Notification> Batch) : Command;

    public sealed record NotTaken(Exception Why) : Command;

    public sealed record Stored(OutcomeRevision Revision) : Command;

    public sealed record NotStored(OutcomeRevision Revision, TestEvidence? Evidence, Exception Why) : Command;
}
