using System.Threading.Channels;
using Monitoring.Testing;

namespace Monitoring.Probing.Tests.Waiting;

public sealed class WakeUpTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly VirtualTime _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly Channel<int> _channel = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Asked _reader;
    private readonly WakeUp<int> _wakeUp;

    public WakeUpTests()
    {
        _reader = new Asked(_channel.Reader);
        _wakeUp = new WakeUp<int>(_reader, _time);
    }

    [Fact]
    public async Task However_often_time_passes_the_channel_is_asked_once_and_cancels_nothing()
    {
        for (var i = 0; i < 3; i++)
        {
            var waiting = _wakeUp.WaitAsync(Second, CancellationToken.None);
            Assert.False(waiting.IsCompleted);
            _time.Advance(Second);
            await waiting;
        }

        Assert.False(Assert.Single(_reader.Answers).IsCompleted);
    }

    [Fact]
    public async Task What_comes_meanwhile_ends_the_wait_and_the_next_one_asks_anew()
    {
        var first = _wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
        _channel.Writer.TryWrite(1);
        await first;
        Assert.Equal(0, _time.TimerCount);
        Assert.True(_channel.Reader.TryRead(out _));

        var second = _wakeUp.WaitAsync(Second, CancellationToken.None);
        Assert.False(second.IsCompleted);
        _channel.Writer.TryWrite(2);
        await second;
        Assert.Equal(2, _reader.Answers.Count);
    }

    [Fact]
    public async Task What_comes_after_the_time_has_passed_ends_the_next_wait()
    {
        var first = _wakeUp.WaitAsync(Second, CancellationToken.None);
        _time.Advance(Second);
        await first;
        _channel.Writer.TryWrite(1);
        await _wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
    }

    [Fact]
    public async Task A_part_of_a_millisecond_is_waited_for_as_a_whole_one()
    {
        // The system's timers would end such a wait at once.
        var waiting = _wakeUp.WaitAsync(TimeSpan.FromMicroseconds(2_001), CancellationToken.None);
        _time.Advance(TimeSpan.FromMicroseconds(2_999));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMicroseconds(1));
        await waiting;
    }

    [Fact]
    public async Task Who_is_asked_to_stop_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        var waiting = _wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _wakeUp.WaitAsync(Second, stop.Token));
        Assert.Equal(0, _time.TimerCount);
    }

    /// <summary>Remembers what it was asked.</summary>
    private sealed class Asked(ChannelReader<int> inner) : ChannelReader<int>
    {
        public List<Task<bool>> Answers { get; } = [];

        public override bool TryRead(out int item) => inner.TryRead(out item);

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
        {
            Answers.Add(inner.WaitToReadAsync(cancellationToken).AsTask());
            return new ValueTask<bool>(Answers[^1]);
        }
    }
}
