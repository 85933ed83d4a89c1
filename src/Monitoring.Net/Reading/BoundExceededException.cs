using System.Diagnostics.CodeAnalysis;

namespace Monitoring.Net;

/// <summary>A stranger's bytes passed a limit and the rest of them was not read.</summary>
[SuppressMessage("Design", "CA1032", Justification = "A limit that was passed without its name cannot be judged, so it cannot be made.")]
public sealed class BoundExceededException : Exception
{
    /// <summary>Names the limit.</summary>
    /// <param name="bound">Which limit was passed.</param>
    /// <param name="message">The limit and how far the read had come.</param>
    public BoundExceededException(Bound bound, string message)
        : base(message) => Bound = bound;

    /// <summary>Which limit was passed.</summary>
    public Bound Bound { get; }
}
