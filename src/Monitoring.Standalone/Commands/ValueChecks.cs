using System.CommandLine;
using System.CommandLine.Parsing;

namespace Monitoring.Standalone.Commands;

/// <summary>Refuses values of the command line that cannot be.</summary>
internal static class ValueChecks
{
    /// <summary>Refuses a value for which <paramref name="why"/> gives a reason. One that cannot even be read is refused by the parser itself.</summary>
    public static void Refuse<T>(this Option<T> option, Func<T, string> why) => option.Validators.Add(r => Check<T>(r, () => r.GetValueOrDefault<T>(), why));

    /// <inheritdoc cref="Refuse{T}(Option{T}, Func{T, string})" />
    public static void Refuse<T>(this Argument<T> argument, Func<T, string> why) => argument.Validators.Add(r => Check<T>(r, () => r.GetValueOrDefault<T>(), why));

    /// <summary>Refuses a number outside a range.</summary>
    public static void Within(this Option<int> option, int least, int most) =>
        option.Refuse(value => value >= least && value <= most ? "" : $"{option.Name} is {value}; {least} to {most} is expected.");

    /// <inheritdoc cref="Within(Option{int}, int, int)" />
    public static void Within(this Option<int?> option, int least, int most) =>
        option.Refuse(value => value is null || (value >= least && value <= most) ? "" : $"{option.Name} is {value}; {least} to {most} is expected.");

    private static void Check<T>(SymbolResult result, Func<T?> read, Func<T, string> why)
    {
        try
        {
            if (read() is { } value && why(value) is { Length: > 0 } reason) result.AddError(reason);
        }
        catch (InvalidOperationException)
        {
            // Not of the type at all: the parser reports it.
        }
    }
}
