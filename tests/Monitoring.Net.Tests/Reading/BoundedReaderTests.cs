using System.Threading.Channels;

namespace Monitoring.Net.Tests.Reading;

public sealed class BoundedReaderTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public async Task A_body_of_exactly_the_maximum_arrives_whole(int size)
    {
        var body = Bytes(size);
        var read = await BoundedReader.ReadAsync(new MemoryStream(body), Limits(size), new ManualTime(), Cancel);
        Assert.Equal(body, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(100_000)]
    public async Task One_byte_more_is_too_large_and_nothing_beyond_it_is_read(int maximum)
    {
        var stream = new MemoryStream(Bytes(maximum + 5000));
        var e = await Assert.ThrowsAsync<BoundExceededException>(() => BoundedReader.ReadAsync(stream, Limits(maximum), new ManualTime(), Cancel));
        Assert.Equal(Bound.TooLarge, e.Bound);
        Assert.Equal(maximum + 1, stream.Position);
    }

    [Fact]
    public async Task Memory_grows_with_what_came_and_not_with_what_is_allowed()
    {
        await BoundedReader.ReadAsync(new MemoryStream(Bytes(100)), Limits(100), new ManualTime(), Cancel);
        var stream = new RecordingStream(Bytes(100));

        await BoundedReader.ReadAsync(stream, Limits(2_000_000_000), new ManualTime(), Cancel);

        Assert.InRange(stream.LargestRequest, 1, 64 * 1024);
    }

    [Fact]
    public async Task A_body_that_does_not_end_is_timed_out()
    {
        var (time, stream) = (new ManualTime(), new DripStream());
        var read = BoundedReader.ReadAsync(stream, Limits(1000), time, Cancel);
        await stream.SendAsync(10, Cancel);
        await stream.WaitingAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));
        var e = await Assert.ThrowsAsync<BoundExceededException>(() => read.WaitAsync(Generous, Cancel));
        Assert.Equal(Bound.TimedOut, e.Bound);
    }

    [Fact]
    public async Task Bytes_that_keep_coming_do_not_extend_the_timeout()
    {
        var (time, stream) = (new ManualTime(), new DripStream());
        var read = BoundedReader.ReadAsync(stream, Limits(1000), time, Cancel);
        for (var second = 0; second < 10; second++)
        {
            await stream.SendAsync(1, Cancel);
            await stream.WaitingAsync(Cancel);
            Assert.False(read.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var e = await Assert.ThrowsAsync<BoundExceededException>(() => read.WaitAsync(Generous, Cancel));
        Assert.Equal(Bound.TimedOut, e.Bound);
    }

    [Fact]
    public async Task A_drip_under_the_least_rate_is_too_slow_long_before_the_timeout()
    {
        var (time, stream) = (new ManualTime(), new DripStream());
        var read = BoundedReader.ReadAsync(stream, Limits(1000) with { MinimumBytesPerSecond = 100 }, time, Cancel);

        // 50 bytes buy half a second beyond the grace of one.
        await stream.SendAsync(50, Cancel);
        await stream.WaitingAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(1.499));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.002));

        var e = await Assert.ThrowsAsync<BoundExceededException>(() => read.WaitAsync(Generous, Cancel));
        Assert.Equal(Bound.TooSlow, e.Bound);
    }

    [Fact]
    public async Task A_body_at_the_least_rate_arrives()
    {
        var (time, stream) = (new ManualTime(), new DripStream());
        var read = BoundedReader.ReadAsync(stream, Limits(1000) with { MinimumBytesPerSecond = 100 }, time, Cancel);
        for (var second = 0; second < 8; second++)
        {
            await stream.SendAsync(100, Cancel);
            await stream.WaitingAsync(Cancel);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        stream.End();
        Assert.Equal(800, (await read.WaitAsync(Generous, Cancel)).Length);
    }

    [Fact]
    public async Task Nothing_at_all_is_too_slow_when_the_grace_is_over()
    {
        var (time, stream) = (new ManualTime(), new DripStream());
        var read = BoundedReader.ReadAsync(stream, Limits(1000) with { MinimumBytesPerSecond = 1, Grace = TimeSpan.FromSeconds(3) }, time, Cancel);
        await stream.WaitingAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(3));
        var e = await Assert.ThrowsAsync<BoundExceededException>(() => read.WaitAsync(Generous, Cancel));
        Assert.Equal(Bound.TooSlow, e.Bound);
    }

    [Fact]
    public async Task The_callers_cancellation_is_never_mistaken_for_a_limit()
    {
        using var caller = new CancellationTokenSource();
        var stream = new DripStream();
        var read = BoundedReader.ReadAsync(stream, Limits(1000), new ManualTime(), caller.Token);
        await stream.WaitingAsync(Cancel);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Generous, Cancel));
    }

    [Fact]
    public async Task A_broken_connection_stays_what_it_is()
    {
        var stream = new DripStream();
        var read = BoundedReader.ReadAsync(stream, Limits(1000), new ManualTime(), Cancel);
        await stream.SendAsync(1, Cancel);
        stream.End(new IOException("reset"));
        await Assert.ThrowsAsync<IOException>(() => read.WaitAsync(Generous, Cancel));
    }

    [Fact]
    public async Task Limits_outside_their_range_are_refused()
    {
        BodyLimits[] wrong =
        [
            Limits(-1), Limits(2_000_000_001), Limits(1) with { Timeout = TimeSpan.Zero }, Limits(1) with { MinimumBytesPerSecond = -1 },
            Limits(1) with { Grace = TimeSpan.FromSeconds(-1) },
        ];
        foreach (var limits in wrong)
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => BoundedReader.ReadAsync(Stream.Null, limits, TimeProvider.System, Cancel));
        }
    }

    private static BodyLimits Limits(long maximum) => new() { MaximumBytes = maximum, Timeout = TimeSpan.FromSeconds(10) };

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)(i * 31);
        return bytes;
    }

    private sealed class RecordingStream(byte[] body) : MemoryStream(body)
    {
        public int LargestRequest { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            LargestRequest = Math.Max(LargestRequest, buffer.Length);
            return base.ReadAsync(buffer, cancellationToken);
        }
    }

    /// <summary>Gives what the test sends, when it sends it, and tells when the reader has taken all and waits.</summary>
    private sealed class DripStream : Stream
    {
        private readonly Channel<int> _pieces = Channel.CreateUnbounded<int>();
        private readonly SemaphoreSlim _waiting = new(0);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public async Task SendAsync(int bytes, CancellationToken cancellationToken)
        {
            Assert.True(await _waiting.WaitAsync(Generous, cancellationToken));
            _pieces.Writer.TryWrite(bytes);
        }

        public async Task WaitingAsync(CancellationToken cancellationToken)
        {
            // Looks without taking: each permit is one read that has begun, and the next piece takes it.
            Assert.True(await _waiting.WaitAsync(Generous, cancellationToken));
            _waiting.Release();
        }

        public void End(Exception? error = null) => _pieces.Writer.TryComplete(error);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _waiting.Release();
            try
            {
                var piece = await _pieces.Reader.ReadAsync(cancellationToken);
                buffer.Span[..piece].Fill(1);
                return piece;
            }
            catch (ChannelClosedException e)
            {
                return e.InnerException is null ? 0 : throw e.InnerException;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
