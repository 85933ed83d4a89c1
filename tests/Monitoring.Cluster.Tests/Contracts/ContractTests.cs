using System.Reflection;
using Monitoring.Cluster.Hosting;
using Orleans.Runtime;

namespace Monitoring.Cluster.Tests.Contracts;

/// <summary>What stands on disks and between processes of two versions has a name of its own, independent of the code's.</summary>
public sealed class ContractTests
{
    private static readonly Type[] Types = typeof(HubRules).Assembly.GetTypes().Where(t => t.Namespace?.StartsWith("Monitoring.Cluster", StringComparison.Ordinal) == true).ToArray();

    [Fact]
    public void Every_grain_class_keeps_its_state_under_a_name_of_its_own()
    {
        var names = Types.SelectMany(t => t.GetConstructors()).SelectMany(c => c.GetParameters())
            .Select(p => p.GetCustomAttribute<PersistentStateAttribute>()).OfType<PersistentStateAttribute>().ToList();
        Assert.True(names.Count >= 4, $"Only {names.Count} states were found: the check looks in the wrong place.");
        Assert.Equal(names.Count, names.Select(n => n.StateName).Distinct().Count());
        Assert.All(names, n => Assert.Equal("hub", n.StorageName));
    }

    [Fact]
    public void Every_grain_interface_and_each_of_its_methods_has_an_alias()
    {
        var interfaces = Types.Where(t => t.IsInterface && typeof(IAddressable).IsAssignableFrom(t)).ToList();
        Assert.True(interfaces.Count >= 7, $"Only {interfaces.Count} grain interfaces were found.");
        Assert.All(interfaces, i => Assert.StartsWith("monitoring.", i.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{i.Name} has none", StringComparison.Ordinal));
        Assert.All(interfaces.SelectMany(i => i.GetMethods()), m => Assert.True(m.GetCustomAttribute<AliasAttribute>() is not null, $"{m.DeclaringType!.Name}.{m.Name} has no alias."));
    }

    [Fact]
    public void Every_grain_class_has_a_type_name_of_its_own()
    {
        var classes = Types.Where(t => t is { IsClass: true, IsAbstract: false } && typeof(Grain).IsAssignableFrom(t)).ToList();
        Assert.True(classes.Count >= 7, $"Only {classes.Count} grain classes were found.");
        Assert.All(classes, c => Assert.True(c.GetCustomAttribute<GrainTypeAttribute>() is not null, $"{c.Name} has no grain type."));
    }

    [Fact]
    public void Every_serialized_type_has_an_alias_and_numbered_members()
    {
        var wires = Types.Where(t => t.GetCustomAttribute<GenerateSerializerAttribute>() is not null).ToList();
        Assert.True(wires.Count >= 12, $"Only {wires.Count} serialized types were found.");
        Assert.All(wires, w => Assert.StartsWith("monitoring.", w.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{w.Name} has none", StringComparison.Ordinal));
        Assert.Equal(wires.Count, wires.Select(w => w.GetCustomAttribute<AliasAttribute>()!.Alias).Distinct().Count());
        foreach (var wire in wires)
        {
            var members = wire.GetFields(BindingFlags.Public | BindingFlags.Instance).Cast<MemberInfo>().Concat(wire.GetProperties());
            var ids = members.Select(m => m.GetCustomAttribute<IdAttribute>()?.Id ?? throw new Xunit.Sdk.XunitException($"{wire.Name}.{m.Name} has no id.")).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
        }
    }
}
