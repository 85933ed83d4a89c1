using System.Runtime.CompilerServices;
using Xunit;

namespace Monitoring.Testing.Processes;

/// <summary>A theory of real processes, each of whose tests has the limit of <see cref="LimitedFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LimitedTheoryAttribute : TheoryAttribute
{
    /// <param name="sourceFilePath">Given by the compiler.</param>
    /// <param name="sourceLineNumber">Given by the compiler.</param>
    public LimitedTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Timeout = ProcessLimit.Milliseconds;
}
