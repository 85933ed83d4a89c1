using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>
/// Whose turn it is. Each orchestrator has an instant of its own within the period, the same in every process and shifted from region to
/// region, so checks are spread evenly however the list changes. Safe for concurrent use.
/// </summary>
internal sealed class LivenessTurns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<OrchestratorId, Turn> _turns = [];
    private readonly PriorityQueue<OrchestratorId, DateTimeOffset> _queue = new();
    private readonly Queue<OrchestratorId> _ordered = new();
    private TimeSpan _every = TimeSpan.FromMinutes(5);
    private TimeSpan _shift;

    /// <summary>Obeys the hub. Who is new is checked at once, for nothing is known of it.</summary>
    public void Obey(LivenessOrders orders, DateTimeOffset now)
    {
        lock (_lock)
        {
            var retimed = orders.Every > TimeSpan.Zero && (orders.Every != _every || orders.Shift != _shift);
            if (retimed) (_every, _shift) = (orders.Every, orders.Shift);
            if (orders.Targets is { } targets)
            {
                var listed = targets.Select(t => t.Orchestrator).ToHashSet();
                foreach (var gone in _turns.Keys.Where(k => !listed.Contains(k)).ToList()) _turns.Remove(gone);
                foreach (var target in targets)
                {
                    var known = _turns.TryGetValue(target.Orchestrator, out var turn);
                    if (known && turn!.Target == target) continue;
                    _turns[target.Orchestrator] = new Turn { Target = target };
                    _ordered.Enqueue(target.Orchestrator);
                    Plan(target.Orchestrator, now);
                }
            }

            if (retimed)
            {
                foreach (var id in _turns.Keys) Plan(id, now);
            }

            foreach (var id in orders.CheckNow)
            {
                if (_turns.ContainsKey(id) && !_ordered.Contains(id)) _ordered.Enqueue(id);
            }
        }
    }

    /// <summary>Takes the next orchestrator whose turn has come, or who was ordered; it is not taken again before <see cref="Done"/>.</summary>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="next">When to ask again if there is none; null when nothing is planned.</param>
    public LivenessTarget? Take(DateTimeOffset now, out DateTimeOffset? next)
    {
        lock (_lock)
        {
            next = null;
            while (_ordered.TryDequeue(out var ordered))
            {
                if (_turns.TryGetValue(ordered, out var turn) && !turn.IsBusy) return Begin(turn, ordered: true);
            }

            while (_queue.TryPeek(out var id, out var due))
            {
                if (!_turns.TryGetValue(id, out var turn) || turn.Due != due)
                {
                    _queue.Dequeue();
                    continue;
                }

                next = due;
                if (due > now) return null;
                _queue.Dequeue();
                Plan(id, now);
                if (!turn.IsBusy) return Begin(turn, ordered: false);
            }

            return null;
        }
    }

    /// <summary>The check has ended.</summary>
    /// <param name="orchestrator">Of whom.</param>
    /// <param name="alive">Its answer; null for none that is evidence.</param>
    /// <returns>Whether the answer is another than the one before (or the first), and whether somebody waits for it.</returns>
    public (bool Changed, bool Ordered) Done(OrchestratorId orchestrator, bool? alive)
    {
        lock (_lock)
        {
            if (!_turns.TryGetValue(orchestrator, out var turn)) return (false, false);
            turn.IsBusy = false;
            if (alive is null || alive == turn.Alive) return (false, turn.IsOrdered);
            turn.Alive = alive;
            return (true, turn.IsOrdered);
        }
    }

    private static LivenessTarget Begin(Turn turn, bool ordered)
    {
        (turn.IsBusy, turn.IsOrdered) = (true, ordered);
        return turn.Target;
    }

    private void Plan(OrchestratorId id, DateTimeOffset now)
    {
        var place = ((long)(PlaceOf(id) * _every.Ticks) + _shift.Ticks) % _every.Ticks;
        var due = now.UtcTicks - (now.UtcTicks % _every.Ticks) + place;
        if (due <= now.UtcTicks) due += _every.Ticks;
        var turn = _turns[id];
        turn.Due = new DateTimeOffset(due, TimeSpan.Zero);
        _queue.Enqueue(id, turn.Due);
    }

    // Where in the period, 0 to 1: a hash of the address, the same everywhere.
    private static double PlaceOf(OrchestratorId id)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(id.Text));
        return BinaryPrimitives.ReadUInt32LittleEndian(hash) / (double)(1UL << 32);
    }

    private sealed class Turn
    {
        public required LivenessTarget Target { get; init; }

        public DateTimeOffset Due { get; set; }

        public bool? Alive { get; set; }

        public bool IsBusy { get; set; }

        public bool IsOrdered { get; set; }
    }
}
