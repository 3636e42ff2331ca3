using Microsoft.Extensions.Logging;

namespace IdGenerator.Client;

/// <summary>
/// The workers that are alive, and which of them to ask.
/// <para>
/// A worker is <em>healthy</em> until a call to it fails or gets no answer soon; then it is <em>avoided</em>: for 100 ms, and twice as
/// long each time that it fails again, up to <see cref="LongestAvoidance"/>. When that is over, it is asked beside a healthy worker, so
/// that no caller has to wait for it. Its first answer makes it healthy. Only where no worker is healthy, callers depend on avoided ones.
/// </para>
/// Thread-safe.
/// </summary>
internal sealed partial class Workers(TimeProvider time, ILogger logger)
{
    /// <summary>
    /// Five seconds. With a longer time, a worker that has come back would stand idle; with a shorter one, a worker that hangs would be
    /// asked more often. A worker that wants to be left alone for longer (<see cref="SlotReservation.RetryAfter"/>) is asked again all the same:
    /// its clock may have been wrong when it said so.
    /// </summary>
    public static TimeSpan LongestAvoidance { get; } = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstAvoidance = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, State> _states = [];
    private int[] _live = [];
    private long _listedAt = long.MinValue;
    private string _listProblem = "The cluster was not found yet";
    private Exception? _listException;

    // Not all clients begin with the same worker.
    private uint _next = (uint)Random.Shared.Next();

    public bool AreKnown
    {
        get { lock (_lock) return _live.Length > 0; }
    }

    public bool AreAllHealthy
    {
        get { lock (_lock) return _live.All(IsHealthy); }
    }

    public bool IsAnyHealthy
    {
        get { lock (_lock) return _live.Any(IsHealthy); }
    }

    /// <summary>The next healthy worker, each in its turn; null where there is none.</summary>
    public int? NextHealthy()
    {
        lock (_lock)
        {
            for (var i = 0; i < _live.Length; i++)
            {
                var worker = _live[_next++ % (uint)_live.Length];
                if (IsHealthy(worker)) return worker;
            }

            return null;
        }
    }

    /// <summary>All healthy workers.</summary>
    public IReadOnlyList<int> Healthy
    {
        get { lock (_lock) return [.. _live.Where(IsHealthy)]; }
    }

    /// <summary>An avoided worker whose time is over, once: it is avoided for as long again unless it answers. Null where there is none.</summary>
    public int? NextDue()
    {
        lock (_lock)
        {
            if (FirstAvoided() is not { } first || time.GetTimestamp() < _states[first].AvoidUntil) return null;
            var state = _states[first];
            state.AvoidUntil = Later(Avoidance(state.Failures));
            return first;
        }
    }

    /// <summary>The avoided worker whose time is over first; null where there is none.</summary>
    public int? NextAvoided()
    {
        lock (_lock) return FirstAvoided();
    }

    /// <summary>Takes over a list of the live workers, unless it is empty or a later one was taken over already.</summary>
    /// <param name="live">The worker IDs.</param>
    /// <param name="askedAt">When the list was asked for.</param>
    public void List(int[] live, long askedAt)
    {
        lock (_lock)
        {
            // A silo that has just joined may see nobody yet, itself included. Who is gone for good fails by itself.
            if (askedAt < _listedAt) return;
            if (live.Length == 0)
            {
                (_listProblem, _listException) = ("No worker is alive", null);
                return;
            }

            (_live, _listedAt, _listException) = (live, askedAt, null);
            foreach (var gone in _states.Keys.Except(live).ToList()) _states.Remove(gone);
        }
    }

    /// <summary>The list of live workers could not be had.</summary>
    public void ListFailed(string problem, Exception? exception)
    {
        lock (_lock) (_listProblem, _listException) = (problem, exception);
    }

    /// <summary>Takes note of an answer. A failure that is older than the last success says nothing new, and is passed over.</summary>
    public void Hear(Answer answer)
    {
        if (answer.Outcome == Outcome.Ok) Trust(answer.Worker, answer.AskedAt);
        else Avoid(answer.Worker, answer.AskedAt, answer.Problem, answer.RetryAfter, answer.Exception);
    }

    /// <summary>A worker has not answered within <paramref name="patience"/>.</summary>
    public void WasSilent(int worker, long askedAt, TimeSpan patience) =>
        Avoid(worker, askedAt, $"No answer within {patience.TotalMilliseconds} ms", null, null);

    public IdsUnavailableException Unavailable(string message)
    {
        lock (_lock)
        {
            var problems = _states.Where(state => !IsHealthy(state.Key)).OrderBy(state => state.Key).ToList();
            var said = problems.Count == 0
                ? _live.Length == 0 ? _listProblem : "Answers take too long"
                : string.Join("; ", problems.Take(3).Select(state => $"worker {state.Key}: {state.Value.Problem}"))
                    + (problems.Count > 3 ? $"; and {problems.Count - 3} more" : "");
            var newest = problems.Select(state => state.Value).MaxBy(state => state.FailedAt)?.Exception;
            return new($"{message} {said}.", newest ?? _listException)
            {
                RetryAfter = problems.Min(state => state.Value.RetryAfter),
                Workers = [.. problems.Select(state => new WorkerProblem(state.Key, state.Value.Problem))],
            };
        }
    }

    /// <summary>The workers that are avoided, and why.</summary>
    public IReadOnlyList<WorkerProblem> Problems
    {
        get
        {
            lock (_lock) return [.. _live.Where(worker => !IsHealthy(worker)).Select(worker => new WorkerProblem(worker, _states[worker].Problem))];
        }
    }

    private int? FirstAvoided()
    {
        int? first = null;
        foreach (var worker in _live)
        {
            if (!IsHealthy(worker) && (first is null || _states[worker].AvoidUntil < _states[first.Value].AvoidUntil)) first = worker;
        }

        return first;
    }

    private long Later(TimeSpan by) => time.GetTimestamp() + (long)(by.TotalSeconds * time.TimestampFrequency);

    private static TimeSpan Avoidance(int failures)
    {
        var avoidance = FirstAvoidance * (1 << Math.Min(failures, 6));
        return avoidance < LongestAvoidance ? avoidance : LongestAvoidance;
    }

    private bool IsHealthy(int worker) => !_states.TryGetValue(worker, out var state) || state.Failures == 0;

    private void Trust(int worker, long askedAt)
    {
        lock (_lock)
        {
            if (!_states.TryGetValue(worker, out var state)) _states[worker] = state = new();
            if (state.IsReported) LogRecovered(worker);
            (state.Failures, state.IsReported) = (0, false);
            state.AnsweredAt = Math.Max(state.AnsweredAt, askedAt);
        }
    }

    private void Avoid(int worker, long askedAt, string problem, TimeSpan? retryAfter, Exception? exception)
    {
        lock (_lock)
        {
            if (!_states.TryGetValue(worker, out var state)) _states[worker] = state = new();
            if (askedAt < state.AnsweredAt) return;
            var avoidance = Avoidance(state.Failures);
            if (retryAfter > avoidance) avoidance = retryAfter.Value < LongestAvoidance ? retryAfter.Value : LongestAvoidance;
            state.Failures++;
            state.AvoidUntil = Later(avoidance);
            (state.FailedAt, state.Problem, state.RetryAfter, state.Exception) = (time.GetTimestamp(), problem, retryAfter, exception);

            // One silence of 50 ms is no news: a collection of garbage is enough for it.
            if (state.IsReported || state.Failures < 2) return;
            state.IsReported = true;
            LogAvoided(worker, problem);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Worker {Worker} gives no IDs; others are asked until it does. {Problem}")]
    private partial void LogAvoided(int worker, string problem);

    [LoggerMessage(2, LogLevel.Information, "Worker {Worker} gives IDs again.")]
    private partial void LogRecovered(int worker);

    private sealed class State
    {
        /// <summary>Calls in a row that failed or had no answer; 0 for a healthy worker.</summary>
        public int Failures { get; set; }

        public long AvoidUntil { get; set; }

        /// <summary>When the last call that was answered was made.</summary>
        public long AnsweredAt { get; set; } = long.MinValue;

        public long FailedAt { get; set; }

        public string Problem { get; set; } = "";

        public TimeSpan? RetryAfter { get; set; }

        public Exception? Exception { get; set; }

        public bool IsReported { get; set; }
    }
}
