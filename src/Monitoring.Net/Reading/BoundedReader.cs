using System.Buffers;

namespace Monitoring.Net;

/// <summary>
/// Reads a stranger's stream to its end within limits of size, time and rate. Memory grows with what has come, never with what was announced
/// or allowed.
/// </summary>
public static class BoundedReader
{
    private const int FirstBufferBytes = 16 * 1024;
    private const long LargestMaximum = 2_000_000_000;

    /// <summary>Reads to the end of the stream.</summary>
    /// <param name="stream">Left open; it must heed cancellation, as network and HTTP streams do.</param>
    /// <param name="limits">What is tolerated.</param>
    /// <param name="time">The clock of the limits.</param>
    /// <param name="cancellationToken">Gives the read up.</param>
    /// <returns>All bytes of the stream.</returns>
    /// <exception cref="BoundExceededException">A limit was passed; at most one byte more than the maximum was read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled; never because of a limit.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is outside its range.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, BodyLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(limits.MaximumBytes, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.MaximumBytes, LargestMaximum, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfNegative(limits.MinimumBytesPerSecond, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limits.Timeout, TimeSpan.Zero, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Grace, TimeSpan.Zero, nameof(limits));
        cancellationToken.ThrowIfCancellationRequested();

        var start = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(FirstBufferBytes, limits.MaximumBytes + 1));
        var count = 0;
        try
        {
            while (true)
            {
                // One byte of room beyond the maximum tells a body that ends there from one that goes on.
                if (count == buffer.Length) buffer = Grow(buffer, limits.MaximumBytes + 1);
                var room = (int)Math.Min(buffer.Length - count, limits.MaximumBytes + 1 - count);

                var (due, bound) = NextDeadline(limits, count);
                var left = due - time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero) throw Exceeded(bound, limits, count);
                limit.CancelAfter(left);

                int read;
                try
                {
                    read = await stream.ReadAsync(buffer.AsMemory(count, room), either.Token);
                }
                catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    throw Exceeded(bound, limits, count);
                }

                if (read == 0) return buffer.AsSpan(0, count).ToArray();
                count += read;
                if (count > limits.MaximumBytes) throw Exceeded(Bound.TooLarge, limits, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // With so many bytes here, the instant at which the read has become too slow or too long if nothing more comes.
    private static (TimeSpan Due, Bound Bound) NextDeadline(BodyLimits limits, long count)
    {
        if (limits.MinimumBytesPerSecond == 0) return (limits.Timeout, Bound.TimedOut);
        var seconds = limits.Grace.TotalSeconds + ((double)count / limits.MinimumBytesPerSecond);
        return seconds < limits.Timeout.TotalSeconds ? (TimeSpan.FromSeconds(seconds), Bound.TooSlow) : (limits.Timeout, Bound.TimedOut);
    }

    private static byte[] Grow(byte[] full, long most)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(full.Length * 2L, most));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    private static BoundExceededException Exceeded(Bound bound, BodyLimits limits, long count) => new(bound, bound switch
    {
        Bound.TooLarge => $"The body is larger than the {limits.MaximumBytes} bytes allowed.",
        Bound.TooSlow => $"The body came at under {limits.MinimumBytesPerSecond} bytes per second: {count} bytes when it was given up.",
        _ => $"The body did not end within {limits.Timeout.TotalSeconds:0.###} s: {count} bytes when it was given up.",
    });
}
