namespace Monitoring.Core;

/// <summary>
/// The three averages that the old server (leaderboard-serverless) keeps of one test, as a tester posts them.
/// </summary>
/// <param name="SuccessRate">Renditions received / expected, 0 to 1.</param>
/// <param name="SegDuration">Average duration of the source segments, seconds; the old tester reports it even when nothing came back.</param>
/// <param name="RoundTripTime">Average round trip of the segments that came back, seconds; 0 when none did.</param>
public readonly record struct LegacyAverages(double SuccessRate, double SegDuration, double RoundTripTime);
