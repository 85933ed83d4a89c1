using System.Runtime.CompilerServices;
using Xunit;

namespace Monitoring.Testing.Processes;

/// <summary>
/// A test of real processes, which may wait for something that never comes: after ten minutes it has failed, and its name is told. The long runs
/// (<c>MONITORING_SOAK=1</c>) last as long as they were told to.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LimitedFactAttribute : FactAttribute
{
    /// <param name="sourceFilePath">Given by the compiler.</param>
    /// <param name="sourceLineNumber">Given by the compiler.</param>
    public LimitedFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Timeout = ProcessLimit.Milliseconds;
}
