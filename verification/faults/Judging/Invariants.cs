using System.Diagnostics;

namespace IdGenerator.Faults;

/// <summary>
/// The invariants of docs/design.md, under the names that they have there, over every lease record that is seen written and every
/// ID that a client gets. All processes of a run read one monotonic clock, and so does this.
/// </summary>
internal sealed class Invariants
{
    /// <summary>Of a mark: logical time may be so many milliseconds above its line.</summary>
    private const long Slack = 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Worker> _workers = [];
    private readonly List<string> _violations = [];

    /// <summary>One sentence each.</summary>
    public IReadOnlyList<string> Violations
    {
        get { lock (_lock) return [.. _violations]; }
    }

    public long Records { get; private set; }

    /// <summary>A client got IDs; the highest of them tells how far the worker is.</summary>
    public void OnIssued(int worker, long id)
    {
        var timestamp = id >> 22;
        lock (_lock)
        {
            var state = Of(worker);
            state.Issued = Math.Max(state.Issued, timestamp);
            if (state.SeesAllWrites) Demand(timestamp < state.Reserved, worker, "Reserved", $"{timestamp} was issued, {state.Reserved} is reserved");
        }
    }

    /// <summary>The last timestamp that clients got from the worker so far.</summary>
    public long IssuedBy(int worker)
    {
        lock (_lock) return Of(worker).Issued;
    }

    /// <summary>A record was written.</summary>
    /// <param name="write">The record.</param>
    /// <param name="issued">What clients had got before it was written.</param>
    /// <param name="isBeforeUse">The holder learns that it was written only after this call.</param>
    public void OnWritten(LeaseWrite write, long issued, bool isBeforeUse)
    {
        lock (_lock)
        {
            Records++;
            var state = Of(write.Worker);
            if (write.Term is null)
            {
                Demand(issued < write.ReservedUntil, write.Worker, "Disjoint", $"{issued} was issued, what is given back begins at {write.ReservedUntil}");
            }
            else if (state.Term is null && state.Reserved == 0)
            {
                // The first that is seen of the worker need not be the first of its term.
            }
            else if (write.Term != state.Term)
            {
                var start = write.Ceiling - Slack;
                Demand(issued < start, write.Worker, "Disjoint", $"{issued} was issued, the term of {write.Term} begins at {start}");
            }
            else
            {
                Demand(write.ReservedUntil >= state.TermReserved, write.Worker, "Rising", $"{state.TermReserved} was reserved, then {write.ReservedUntil}");
                var now = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000);
                var bound = write.Ceiling + (now - write.Monotonic) + 1;
                Demand(issued < bound, write.Worker, "Bounded", $"{issued} was issued, the mark says {bound}");
            }

            (state.Term, state.TermReserved) = (write.Term, write.ReservedUntil);
            state.Reserved = Math.Max(state.Reserved, write.ReservedUntil);
            state.SeesAllWrites = isBeforeUse;
        }
    }

    /// <summary>
    /// Somebody has deleted the record. Its holder writes again what it knows to be written; a later write, of which it has heard nothing
    /// and so used nothing, is gone with the record.
    /// </summary>
    public void OnDeleted(int worker)
    {
        lock (_lock) Of(worker).TermReserved = 0;
    }

    /// <summary>Something else showed that an invariant does not hold.</summary>
    public void Violate(int worker, string invariant, string words)
    {
        lock (_lock) Demand(false, worker, invariant, words);
    }

    private Worker Of(int worker) => _workers.TryGetValue(worker, out var state) ? state : _workers[worker] = new();

    private void Demand(bool holds, int worker, string invariant, string otherwise)
    {
        if (!holds) _violations.Add($"{invariant}: worker {worker}: {otherwise}");
    }

    private sealed class Worker
    {
        public long Issued { get; set; } = -1;

        public long Reserved { get; set; }

        public string? Term { get; set; }

        public long TermReserved { get; set; }

        public bool SeesAllWrites { get; set; }
    }
}
