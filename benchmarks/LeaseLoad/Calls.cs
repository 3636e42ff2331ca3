using System.Diagnostics;
using IdGenerator.Leases;

namespace IdGenerator.LeaseLoad;

/// <summary>Writes to the store: how long they took and what became of them.</summary>
internal sealed class Calls
{
    private readonly Lock _lock = new();
    private List<double> _milliseconds = [];
    private int _conflicts;
    private int _errors;

    public async Task<StoredLease?> CountAsync(Task<StoredLease?> write)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var stored = await write;
            Count(start, isConflict: stored is null, isError: false);
            return stored;
        }
        catch (LeaseStoreException)
        {
            Count(start, isConflict: false, isError: true);
            throw;
        }
    }

    /// <summary>What was counted since the last call.</summary>
    public CallSummary Take()
    {
        lock (_lock)
        {
            var summary = new CallSummary([.. _milliseconds.Order()], _conflicts, _errors);
            (_milliseconds, _conflicts, _errors) = ([], 0, 0);
            return summary;
        }
    }

    private void Count(long start, bool isConflict, bool isError)
    {
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        lock (_lock)
        {
            _milliseconds.Add(elapsed);
            if (isConflict) _conflicts++;
            if (isError) _errors++;
        }
    }
}
