using System.Globalization;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>What a node can do: the capabilities and the version of the recorded go-livepeer 0.9.1 orchestrator (protocol section 1.6).</summary>
internal static class NodeCapabilities
{
    public const string Version = "0.9.1-176aa415";

    /// <summary>0 to 12, 14, 17, 21 to 32, 34 and 36.</summary>
    private const ulong Bits = 94_487_339_007;

    public static Capabilities Make()
    {
        var capabilities = new Capabilities { Version = Version, Constraints = new Capabilities.Types.Constraints { MinVersion = Version } };
        capabilities.Bitstring.Add(Bits);
        for (var bit = 0; bit < 64; bit++)
        {
            if ((Bits >> bit & 1) != 0) capabilities.Capacities[(uint)bit] = 1;
        }

        return capabilities;
    }

    /// <summary>Whether a job can run here: its least version is not above ours and every bit of it is one of ours. None asked for is fine.</summary>
    public static bool Allow(Capabilities? asked)
    {
        if (asked is null) return true;
        if (Number(asked.Constraints?.MinVersion) is { } least && least > Number(Version)) return false;
        for (var word = 0; word < asked.Bitstring.Count; word++)
        {
            if ((asked.Bitstring[word] & ~(word == 0 ? Bits : 0)) != 0) return false;
        }

        return true;
    }

    /// <summary>Major, minor and patch without the pre-release suffix; null if it cannot be read, which passes.</summary>
    private static Version? Number(string? version)
    {
        var core = version?.Split('-', '+')[0].Split('.');
        if (core is not { Length: 3 }) return null;
        Span<int> parts = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            if (!int.TryParse(core[i], NumberStyles.None, CultureInfo.InvariantCulture, out parts[i])) return null;
        }

        return new Version(parts[0], parts[1], parts[2]);
    }
}
