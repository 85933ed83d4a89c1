namespace Monitoring.Simulator;

/// <summary>Where a fleet's renditions come from.</summary>
public enum TranscodingMode
{
    /// <summary>
    /// The renditions kept in the assembly, chosen by recognising the clip's segment; a strange segment gets those of its number in the clip.
    /// Needs nothing on the machine.
    /// </summary>
    Kept,

    /// <summary>The <c>ffmpeg</c> of the machine transcodes every segment, a bounded number at a time.</summary>
    Ffmpeg,
}
