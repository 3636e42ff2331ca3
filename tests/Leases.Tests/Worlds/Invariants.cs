using IdGenerator.Snowflake;

namespace IdGenerator.Leases.Tests.Worlds;

/// <summary>
/// The invariants of docs/design.md, under the names that they have there, over everything that a <see cref="World"/> does: on
/// each reservation, on each write that lands, and on the state of every process after each step.
/// </summary>
internal sealed class Invariants(FaultyStore store, IReadOnlyList<WorldProcess> processes)
{
    private readonly HashSet<long> _slots = [];
    private readonly Dictionary<string, Term> _terms = [];
    private long _lastIssued = -1;
    private string? _violation;

    public int Issued => _slots.Count;

    public void OnIssued(WorldProcess process, SlotRange range)
    {
        for (var slot = range.First; slot < range.End; slot++)
            Demand(_slots.Add(slot), $"Once: slot {slot} is issued twice");

        var last = (range.End - 1) >> Layout.SequenceBits;
        var term = _terms[process.Uid];
        Demand(last < term.Reserved, $"Reserved: {last} is issued, {term.Reserved} is reserved in the store");
        term.LastIssued = Math.Max(term.LastIssued, last);
        _lastIssued = Math.Max(_lastIssued, last);
    }

    public void OnLanded(LeaseRecord record)
    {
        if (record.Holder is { Uid: var uid })
        {
            if (!_terms.TryGetValue(uid, out var term) || term.Generation != record.Generation)
            {
                CheckDisjoint(record);
                _terms[uid] = term = new(record.Generation);
            }

            Demand(record.ReservedUntil >= term.Reserved, $"Rising: {term.Reserved} was reserved, now {record.ReservedUntil}");
            term.Reserved = record.ReservedUntil;
        }

    }

    /// <summary>What holds of every process at every moment; and nothing was violated before.</summary>
    public void Check()
    {
        CheckBounded();
        foreach (var process in processes.Where(process => process.IsHolding)) CheckAbove(process);
        Assert.True(_violation is null, _violation);
    }

    /// <summary>Kept until the end of the step: an exception in the middle of a write would end in the process that writes.</summary>
    private void Demand(bool holds, string otherwise)
    {
        if (!holds) _violation ??= otherwise;
    }

    private void CheckDisjoint(LeaseRecord taken)
    {
        // A process that takes the worker ID begins at its mark's reading, less the slack that the mark adds.
        var start = taken.Boot!.Ceiling - ClockAnchor.Slack;
        Demand(_lastIssued < start, $"Disjoint: a term begins at {start}, and {_lastIssued} is issued");
        foreach (var other in processes.Where(other => other.IsHolding && other.Uid != taken.Holder!.Uid))
        {
            var until = other.Rig.Generator.Until;
            Demand(until <= start, $"Disjoint: a term begins at {start}, and {other.Uid} may issue up to {until}");
        }
    }

    private void CheckBounded()
    {
        if (store.Find() is not { Holder.Uid: var uid, Boot: { } mark }) return;
        var last = processes.Last(process => process.Uid == uid);
        if (last.Host.BootId != mark.BootId) return;
        var bound = mark.FirstUnused(mark.BootId, (long)last.Host.Monotonic.TotalMilliseconds);
        var issued = _terms[uid].LastIssued;
        Demand(issued < bound, $"Bounded: {issued} is issued, the mark says {bound}");

        if (!last.IsHolding) return;
        var clock = last.Rig.Clock;
        bound = mark.FirstUnused(mark.BootId, clock.Monotonic);
        var canIssue = Math.Min(clock.Anchor.CeilingAt(clock.Monotonic), last.Rig.Generator.Until - 1);
        Demand(canIssue < bound, $"Bounded: {canIssue} can be issued, the mark says {bound}");
    }

    private void CheckAbove(WorldProcess process)
    {
        var clock = process.Rig.Clock;
        var issued = _terms[process.Uid].LastIssued;
        var line = clock.Anchor.At(clock.Monotonic);
        Demand(line + ClockAnchor.Slack >= issued, $"Above: {issued} is issued, the line is at {line}");
    }

    /// <summary>The stretch of the record's writes between one take and the next.</summary>
    private sealed class Term(long generation)
    {
        public long Generation => generation;

        public long Reserved { get; set; }

        public long LastIssued { get; set; } = -1;
    }
}
