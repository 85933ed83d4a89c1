using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Reads <c>Region:Controls</c>.</summary>
/// <param name="keys">The settings.</param>
public sealed class ControlSection(KeyReader keys)
{
    private const string Key = "Region:Controls";

    /// <summary>The controls; none or at least two.</summary>
    /// <param name="needed">True to warn when there are none.</param>
    public ImmutableArray<Uri> Read(bool needed)
    {
        var controls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (key, control) in keys.List(Key))
        {
            if (!Uri.TryCreate(control, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
                keys.Problem(key, $"'{control}' is not a URL; http:// or https:// with a host is expected.");
            else if (controls.Contains(url)) keys.Problem(key, $"'{control}' is listed twice; controls must be different hosts.");
            else controls.Add(url);
        }

        if (controls.Count == 1) keys.Problem(Key, "One control cannot tell its own failure from ours; at least 2 are expected, or none.");
        if (controls.Count == 0 && needed && !keys.Problems.Any(p => p.Key.StartsWith(Key, StringComparison.Ordinal)))
            keys.Warn(Key, "No control is configured: when the network of this machine fails, orchestrators may be blamed for it. Name at least 2 hosts that you trust to answer.");
        return controls.ToImmutable();
    }
}
