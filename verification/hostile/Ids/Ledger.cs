namespace IdGenerator.Hostile.Ids;

/// <summary>Every ID that a process has answered, to find one that it answered twice.</summary>
internal sealed class Ledger
{
    private readonly Lock _lock = new();
    private readonly List<IdRun> _runs = [];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add(IReadOnlyList<IdRun> runs)
    {
        lock (_lock)
        {
            _runs.AddRange(runs);
            foreach (var run in runs) _count += run.Count;
        }
    }

    /// <summary>The first few IDs that are there twice.</summary>
    public IReadOnlyList<long> Duplicates()
    {
        lock (_lock)
        {
            var sorted = _runs.OrderBy(run => run.First).ToList();
            var twice = new List<long>();
            var end = long.MinValue;
            foreach (var run in sorted)
            {
                if (run.First < end) twice.Add(run.First);
                end = Math.Max(end, run.End);
                if (twice.Count == 5) break;
            }

            return twice;
        }
    }
}
