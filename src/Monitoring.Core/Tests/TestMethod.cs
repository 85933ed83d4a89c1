using System.Globalization;

namespace Monitoring.Core;

/// <summary>Names how a test is measured. Results of different methods never share a window.</summary>
public static class TestMethod
{
    /// <summary>The method of a stream test with a clip and a number of concurrent streams.</summary>
    /// <param name="clip">The clip's version, for example <c>clip1</c>.</param>
    /// <param name="segments">Source segments sent per stream.</param>
    /// <param name="streams">Concurrent streams, 1 and up.</param>
    public static string StreamTest(string clip, int segments, int streams) =>
        string.Create(CultureInfo.InvariantCulture, $"stream1/{clip}/{segments}seg/{streams}str");

    /// <summary>Results that another tester measured in its own way and posted.</summary>
    public const string Posted = "posted1";
}
