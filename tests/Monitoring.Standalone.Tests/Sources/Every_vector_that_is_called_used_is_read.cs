using Monitoring.Testing.Vectors;

[assembly: AssemblyFixture(typeof(Monitoring.Standalone.Tests.Every_vector_that_is_called_used_is_read))]

namespace Monitoring.Standalone.Tests;

/// <summary>Looks, when all tests are through, whether they read the vectors that they are said to read.</summary>
public sealed class Every_vector_that_is_called_used_is_read : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => LivepeerVectors.RequireAllRead("Monitoring.Standalone.Tests");
}
