using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace IdGenerator.MembershipLoad;

/// <summary>Calls by kind: how many, how long they took, how many failed.</summary>
internal sealed class Meter
{
    private ConcurrentDictionary<string, Kind> _kinds = new();

    /// <summary>What was counted since the last call, a line for each kind; then how many calls failed.</summary>
    public (string Text, int Failed) Take()
    {
        var text = new StringBuilder();
        var failed = 0;
        foreach (var (name, kind) in Interlocked.Exchange(ref _kinds, new()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            double[] times = [.. kind.Milliseconds.Order()];
            text.AppendLine($"  {name,-12} {times.Length,7}, p50 {At(times, 0.5):0.0} ms, p99 {At(times, 0.99):0.0} ms, longest {At(times, 1):0.0} ms, failed {kind.Failed}, " +
                $"others were faster {kind.Conflicts}");
            failed += kind.Failed;
        }

        return (text.ToString(), failed);
    }

    /// <returns>Null where it failed.</returns>
    public async Task<T?> CountAsync<T>(string name, Func<Task<T>> call)
    {
        var start = Stopwatch.GetTimestamp();
        var kind = _kinds.GetOrAdd(name, _ => new());
        try
        {
            var result = await call();
            if (result is false) kind.AddConflict();
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            kind.AddFailure();
            return default;
        }
        finally
        {
            kind.Milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static double At(double[] times, double share) => times.Length == 0 ? 0 : times[Math.Min(times.Length - 1, (int)(times.Length * share))];

    private sealed class Kind
    {
        private int _failed;
        private int _conflicts;

        public ConcurrentBag<double> Milliseconds { get; } = [];

        public int Failed => _failed;

        public int Conflicts => _conflicts;

        public void AddFailure() => Interlocked.Increment(ref _failed);

        public void AddConflict() => Interlocked.Increment(ref _conflicts);
    }
}
