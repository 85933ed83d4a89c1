using System.Security.Cryptography;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Hub;

/// <summary>The plans of the days, drawn from a master secret that stays in the data directory.</summary>
internal sealed class PlanBook
{
    private const string Kind = "schedule";
    private const string MasterKey = "master";
    private readonly DrawnPlans _plans;

    private PlanBook(DrawnPlans plans) => _plans = plans;

    /// <summary>Opens the book; the master secret is drawn once.</summary>
    public static async Task<PlanBook> OpenAsync(IStateLog memory, SchedulePolicy policy, CancellationToken cancellationToken)
    {
        if (memory.Find(Kind, MasterKey) is { } known) return new PlanBook(new DrawnPlans(Convert.FromHexString(known.Trim('"')), policy));
        var master = RandomNumberGenerator.GetBytes(32);
        await memory.PutAsync(Kind, MasterKey, $"\"{Convert.ToHexStringLower(master)}\"", cancellationToken);
        return new PlanBook(new DrawnPlans(master, policy));
    }

    /// <inheritdoc cref="DrawnPlans.Commitment" />
    public string Commitment(DateOnly day) => _plans.Commitment(day);

    /// <inheritdoc cref="DrawnPlans.Reveal" />
    public string? Reveal(DateOnly day, DateTimeOffset now) => _plans.Reveal(day, now);

    /// <inheritdoc cref="DrawnPlans.PlanOf" />
    public ImmutableArray<PlannedTest> PlanOf(OrchestratorId orchestrator, OrchestratorRecord record, DateOnly day) => _plans.PlanOf(orchestrator, record, day);
}
