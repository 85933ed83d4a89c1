using System.Reflection;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Liveness;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Core;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Monitoring.Cluster.Roles;

/// <summary>
/// Lets the silo of a region do what a region does, for its own region, and nothing else: lease, extend, return, report, say who lives,
/// and how it is itself. A region that is taken over can then spoil its own results, not another's.
/// </summary>
internal sealed class RegionAccess(ISiloMetadataCache silos) : IIncomingGrainCallFilter
{
    private const string HostedClient = "hosted-";

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod?.DeclaringType?.Assembly == typeof(RegionAccess).Assembly && CallerOf(context.SourceId) is { } region && !Allows(region, context))
        {
            throw new UnauthorizedAccessException($"Region {region} may not call {context.InterfaceMethod.DeclaringType.Name}.{context.InterfaceMethod.Name} of {context.TargetId}.");
        }

        return context.Invoke();
    }

    private static bool Allows(string region, IIncomingGrainCallContext context)
    {
        var method = context.InterfaceMethod!;
        if (method.DeclaringType == typeof(IRegionQueueGrain))
        {
            return method.Name is nameof(IRegionQueueGrain.Lease) or nameof(IRegionQueueGrain.Extend) or nameof(IRegionQueueGrain.Return) or nameof(IRegionQueueGrain.Time)
                && context.TargetId.Key.ToString() == region;
        }

        if (method.DeclaringType == typeof(IOrchestratorGrain))
        {
            return method.Name == nameof(IOrchestratorGrain.Report) && context.Request.GetArgument(0) is TestResult result && result.Region.Code == region;
        }

        if (method.DeclaringType == typeof(ILivenessGrain))
        {
            return method.Name is nameof(ILivenessGrain.Report) or nameof(ILivenessGrain.Orders) && context.TargetId.Key.ToString() == region;
        }

        return method.DeclaringType == typeof(IRegionHealthGrain) && method.Name is nameof(IRegionHealthGrain.Controls) or nameof(IRegionHealthGrain.Vitals)
            && context.Request.GetArgument(0) is RegionId controlled && controlled.Code == region;
    }

    // A process that is a silo calls grains under the name of its own address.
    private string? CallerOf(GrainId? source)
    {
        if (source?.Key.ToString() is not { } key || !key.StartsWith(HostedClient, StringComparison.Ordinal)) return null;
        var address = key[HostedClient.Length..].Split('+')[0];
        return silos.RegionOf(SiloAddress.FromParsableString(address));
    }
}
