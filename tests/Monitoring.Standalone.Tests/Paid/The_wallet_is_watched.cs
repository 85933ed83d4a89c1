using System.Collections.Concurrent;
using System.Numerics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Standalone.Tests.Sources;
using Monitoring.Standalone.Wallet;
using Monitoring.Testing;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>The watch over the wallet, on a clock and a chain that only the test moves.</summary>
public sealed class The_wallet_is_watched
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly SenderInfo Rich = new(Ether, 0, Ether, 0);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_wallet_is_well_and_says_what_is_in_it()
    {
        using var watched = new Watched(Rich);
        Assert.Empty(watched.Part.Current);
        await watched.Watch.LookAsync(Cancel);
        Assert.Equal(
            [("Wallet: deposit", InstrumentLevel.Ok, Start), ("Wallet: reserve", InstrumentLevel.Ok, Start), ("Wallet: unlock", InstrumentLevel.Ok, Start)], watched.Rows());
        Assert.Equal("1 ether pay winning tickets", watched.Part.Current[0].Text);
        Assert.Empty(watched.Log.Lines);
    }

    [Theory]
    [InlineData(0, 1000, 0, "Wallet: deposit", InstrumentLevel.Alarm, "the deposit is empty")]
    [InlineData(1, 1000, 0, "Wallet: deposit", InstrumentLevel.Alarm, "is below the usual face value")]
    [InlineData(1000, 0, 0, "Wallet: reserve", InstrumentLevel.Alarm, "the reserve is empty")]
    [InlineData(1000, 0.001, 0, "Wallet: reserve", InstrumentLevel.Alarm, "is too small for the pool")]
    [InlineData(1000, 1000, 1001, "Wallet: unlock", InstrumentLevel.Alarm, "orchestrators refuse every ticket")]
    [InlineData(1000, 1000, 1002, "Wallet: unlock", InstrumentLevel.Warning, "an unlock is under way")]
    public async Task Each_trouble_shows_where_it_belongs(double depositMilli, double reserveMilli, long withdrawRound, string name, InstrumentLevel level, string text)
    {
        using var watched = new Watched(new SenderInfo(Milli(depositMilli), withdrawRound, Milli(reserveMilli), 0));
        await watched.Watch.LookAsync(Cancel);
        var row = Assert.Single(watched.Part.Current, state => state.Level != InstrumentLevel.Ok);
        Assert.Equal((name, level), (row.Name, row.Level));
        Assert.Contains(text, row.Text, StringComparison.Ordinal);
        Assert.Contains(text, Assert.Single(watched.Log.Lines, line => line.Level == LogLevel.Critical).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alarm_is_logged_once_and_keeps_its_beginning_until_it_ends()
    {
        using var watched = new Watched(Rich with { Deposit = 0 });
        for (var look = 0; look < 3; look++)
        {
            await watched.Watch.LookAsync(Cancel);
            watched.Time.Advance(Every);
        }

        Assert.Contains(("Wallet: deposit", InstrumentLevel.Alarm, Start), watched.Rows());
        Assert.Single(watched.Log.Lines);

        // Another trouble with the same deposit is a new line, but the page's alarm goes on.
        watched.Chain.Funds = Rich with { Deposit = 1 };
        await watched.Watch.LookAsync(Cancel);
        Assert.Contains(("Wallet: deposit", InstrumentLevel.Alarm, Start), watched.Rows());
        Assert.Equal(2, watched.Log.Lines.Count);

        watched.Chain.Funds = Rich;
        watched.Time.Advance(Every);
        await watched.Watch.LookAsync(Cancel);
        Assert.Contains(("Wallet: deposit", InstrumentLevel.Ok, Start + (4 * Every)), watched.Rows());
        Assert.Contains("well again", watched.Log.Lines.Last().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_cannot_be_read_leaves_what_was_known_and_says_so()
    {
        using var watched = new Watched(Rich with { ReserveFundsRemaining = 0 });
        await watched.Watch.LookAsync(Cancel);
        watched.Chain.Trouble = new ChainException(ChainFault.Unreachable, "no endpoint answers");
        watched.Time.Advance(Every);
        await watched.Watch.LookAsync(Cancel);
        watched.Time.Advance(Every);
        await watched.Watch.LookAsync(Cancel);
        Assert.Contains(("Wallet: reserve", InstrumentLevel.Alarm, Start), watched.Rows());
        Assert.Contains(("Wallet: chain", InstrumentLevel.Warning, Start + Every), watched.Rows());
        Assert.Contains("no endpoint answers", watched.Part.Current[^1].Text, StringComparison.Ordinal);
        Assert.Single(watched.Watch.Alarms);

        watched.Chain.Trouble = null;
        watched.Time.Advance(Every);
        await watched.Watch.LookAsync(Cancel);
        Assert.DoesNotContain(watched.Rows(), row => row.Item1 == "Wallet: chain");
    }

    [Fact]
    public async Task It_looks_every_three_minutes_until_it_is_stopped()
    {
        using var watched = new Watched(Rich);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = watched.Watch.RunAsync(stop.Token);
        await watched.Time.SleepAsync(Every, Cancel);
        Assert.Equal(InstrumentLevel.Ok, watched.Part.Current[0].Level);

        watched.Chain.Funds = Rich with { Deposit = 0 };
        watched.Time.Advance(Every - TimeSpan.FromSeconds(1));
        Assert.Equal(InstrumentLevel.Ok, watched.Part.Current[0].Level);
        watched.Time.Advance(TimeSpan.FromSeconds(1));
        await watched.Time.SleepAsync(Every, Cancel);
        Assert.Equal(InstrumentLevel.Alarm, watched.Part.Current[0].Level);

        await stop.CancelAsync();
        await running;
    }

    private static BigInteger Milli(double amount) => new BigInteger(amount * 1_000_000) * (Ether / 1_000_000_000);

    private sealed class Watched : IDisposable
    {
        private readonly ReserveCheck _reserve;

        public Watched(SenderInfo funds)
        {
            Chain = new FakeChain { Funds = funds };
            var watch = new SenderWatch(Chain, Address.Zero, Time);
            _reserve = new ReserveCheck(Chain, watch, Time);
            Watch = new WalletWatch(watch, _reserve, Time, Log);
            Part = new WalletPart(Watch, Time);
        }

        public FakeChain Chain { get; }

        public NotedTime Time { get; } = new();

        public LogLines Log { get; } = new();

        public WalletWatch Watch { get; }

        public WalletPart Part { get; }

        public IEnumerable<(string, InstrumentLevel, DateTimeOffset)> Rows() => Part.Current.Select(state => (state.Name, state.Level, state.Since));

        public void Dispose() => _reserve.Dispose();
    }

    /// <summary>Virtual time that tells when somebody begins to wait.</summary>
    private sealed class NotedTime : TimeProvider
    {
        private readonly VirtualTime _time = new(Start);
        private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

        public override long TimestampFrequency => _time.TimestampFrequency;

        public override long GetTimestamp() => _time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

        public void Advance(TimeSpan span) => _time.Advance(span);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _time.CreateTimer(callback, state, dueTime, period);
            _waits.Writer.TryWrite(dueTime);
            return timer;
        }

        /// <summary>Completes when somebody waits for so long.</summary>
        public async Task SleepAsync(TimeSpan span, CancellationToken cancellationToken)
        {
            while (await _waits.Reader.ReadAsync(cancellationToken) != span)
            {
            }
        }
    }

    private sealed class LogLines : ILogger<WalletWatch>
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
