using System.Diagnostics;

namespace Monitoring.Testing;

/// <summary>
/// A line between two network interfaces on which every packet takes its time and some are lost: what the kernel's netem does, for
/// kernels that have none. The delay is of one direction, so a round trip takes twice as long.
/// </summary>
internal sealed class LongLine : IDisposable
{
    private const int MostPacketBytes = 65_536;
    private readonly TunDevice _near;
    private readonly TunDevice _far;
    private readonly TimeSpan _delay;
    private readonly double _loss;
    private readonly Thread[] _threads;
    private volatile bool _isCut;

    /// <param name="near">One end.</param>
    /// <param name="far">The other.</param>
    /// <param name="delay">How long a packet takes in one direction.</param>
    /// <param name="loss">The share of packets that are lost, 0 to 1.</param>
    /// <param name="seed">Draws which.</param>
    public LongLine(TunDevice near, TunDevice far, TimeSpan delay, double loss, int seed)
    {
        (_near, _far, _delay, _loss) = (near, far, delay, loss);
        _threads = [.. Direction(near, far, seed), .. Direction(far, near, seed + 1)];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Set while nothing comes through at all.</summary>
    public bool IsCut { get => _isCut; set => _isCut = value; }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        _near.IsEnding = _far.IsEnding = true;
        foreach (var thread in _threads) thread.Join();
        _near.Dispose();
        _far.Dispose();
    }

    private Thread[] Direction(TunDevice from, TunDevice to, int seed)
    {
        var underWay = new Queue<(long Due, byte[] Packet)>();
        var ended = false;
        var reader = new Thread(() =>
        {
#pragma warning disable CA5394 // Seeded, so that a run can be had again.
            var random = new Random(seed);
            var buffer = new byte[MostPacketBytes];
            while (from.Read(buffer) is > 0 and var length)
            {
                if (_isCut || random.NextDouble() < _loss) continue;
                var packet = buffer.AsSpan(0, length).ToArray();
                lock (underWay)
                {
                    underWay.Enqueue((Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency), packet));
                    Monitor.Pulse(underWay);
                }
            }
#pragma warning restore CA5394

            lock (underWay)
            {
                ended = true;
                Monitor.Pulse(underWay);
            }
        }) { IsBackground = true };
        var writer = new Thread(() =>
        {
            while (true)
            {
                (long Due, byte[] Packet) next;
                lock (underWay)
                {
                    while (underWay.Count == 0 && !ended) Monitor.Wait(underWay);
                    if (underWay.Count == 0) return;
                    next = underWay.Dequeue();
                }

                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next.Due);
                if (wait > TimeSpan.Zero) Thread.Sleep(wait);
                to.Write(next.Packet);
            }
        }) { IsBackground = true };
        return [reader, writer];
    }
}
