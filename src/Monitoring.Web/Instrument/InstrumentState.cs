namespace Monitoring.Web;

/// <summary>How one thing of the instrument is doing. It is public, so it holds no secret.</summary>
/// <param name="Name">What it is, in a few words: <c>Wallet: deposit</c>.</param>
/// <param name="Level">How it is.</param>
/// <param name="Text">In a sentence: the figure, and what to do where something is wrong.</param>
/// <param name="Since">Since when its level is what it is, UTC.</param>
public sealed record InstrumentState(string Name, InstrumentLevel Level, string Text, DateTimeOffset Since);

/// <summary>How something of the instrument is.</summary>
public enum InstrumentLevel
{
    /// <summary>Well.</summary>
    Ok,

    /// <summary>Somebody should look at it; measuring goes on.</summary>
    Warning,

    /// <summary>Measuring suffers: tests are void or not run until somebody mends it.</summary>
    Alarm,
}
