namespace IdGenerator.Client;

/// <summary>
/// Gets batches from the cluster: from the next live worker, or, where that fails or has not answered soon, from another. Not
/// thread-safe.
/// </summary>
internal sealed class BatchFetcher(IGrainFactory grains, IdGeneratorClientOptions options, TimeProvider time)
{
    /// <summary>Between two rounds through all workers, none of which had any IDs.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// When a worker has not answered for this long, another one is asked as well, and whoever answers first is taken: the silo may
    /// have been killed with the request in it, and nobody tells a client of Orleans so before its time-out. An answer takes a
    /// millisecond or two; with a shorter time, IDs would be fetched twice wherever a thread pauses.
    /// </summary>
    internal static TimeSpan AskAnotherAfter { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long a worker that has not answered is not asked again: 100 ms. A killed silo refuses the next call at once, so a longer
    /// time would gain little; where requests to all workers were lost with the silo that passed them on, it is for how long there
    /// would be nobody to ask.
    /// </summary>
    private static readonly TimeSpan AvoidWhileSilent = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan AvoidAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Calls to one worker that follow each other within this go on where the last one ended, as those of a bulk request do;
    /// so the slots of the time between them are not lost to a client that wants all there are.
    /// </summary>
    private static readonly TimeSpan Succession = TimeSpan.FromMilliseconds(20);

    private readonly LiveWorkers _workers = new(grains, time);
    private readonly Dictionary<int, (long AskedAt, long Timestamp)> _last = [];

    /// <exception cref="IdsUnavailableException">No worker had any until it was time to give up.</exception>
    public async Task<IdBatch> FetchAsync(int count, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var problem = "No worker is alive";
        var asked = new List<Task<Answer>>();
        while (time.GetElapsedTime(start) < options.GiveUpAfter)
        {
            problem = await _workers.RefreshAsync(options.CallTimeout, cancellation) ?? problem;
            var worker = _workers.Next();
            if (worker is not null)
            {
                var ask = AskAsync(worker.Value, count, cancellation);
                ask.Ignore(); // Another one may answer first.
                asked.Add(ask);
            }

            if (await FirstAsync(asked, worker is null ? Pause : AskAnotherAfter, cancellation) is not { } first)
            {
                if (worker is not null) _workers.Avoid(worker.Value, AvoidWhileSilent);
                continue;
            }

            asked.Remove(first);
            var answer = await first;
            if (answer.Slots.Count > 0)
            {
                _workers.Trust(answer.Worker);
                _last[answer.Worker] = (answer.AskedAt, answer.Slots.Timestamp);
                return new(new(answer.Worker, answer.Slots), answer.AskedAt);
            }

            problem = answer.Problem;
            _workers.Avoid(answer.Worker, answer.RetryAfter);
        }

        throw new IdsUnavailableException(
            $"No worker had IDs for {options.GiveUpAfter.TotalSeconds:0.#} s. The last answer: {problem}");
    }

    /// <returns>A call that has ended; null where none does in time.</returns>
    private async Task<Task<Answer>?> FirstAsync(List<Task<Answer>> asked, TimeSpan patience, CancellationToken cancellation)
    {
        if (asked.Count == 0)
        {
            await Task.Delay(patience, time, cancellation);
            return null;
        }

        try
        {
            return await Task.WhenAny(asked).WaitAsync(patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>An answer that comes after the time-out, or after that of another worker, is lost; it is never handed out.</summary>
    private async Task<Answer> AskAsync(int worker, int count, CancellationToken cancellation)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            var call = grains.GetGrain<ISnowflakeGrain>(worker).ReserveAsync(count, Since(worker)).AsTask();
            call.Ignore(); // It may fail after the time-out.
            var reservation = await call.WaitAsync(options.CallTimeout, time, cancellation);
            return reservation.Refusal is { } refusal
                ? new(worker, askedAt, default, refusal, reservation.RetryAfter)
                : new(worker, askedAt, reservation.Slots, "", default);
        }
        catch (Exception e) when (e is WorkerUnavailableException or OrleansException or TimeoutException)
        {
            return new(worker, askedAt, default, e.Message, AvoidAfterFailure);
        }
    }

    private long? Since(int worker) =>
        _last.TryGetValue(worker, out var last) && time.GetElapsedTime(last.AskedAt) < Succession
            ? last.Timestamp
            : null;

    /// <summary>What came of a call.</summary>
    /// <param name="Worker">Who was asked.</param>
    /// <param name="AskedAt">When.</param>
    /// <param name="Slots">None where there is a problem.</param>
    /// <param name="Problem">Why there are none, in a sentence.</param>
    /// <param name="RetryAfter">How long not to ask the worker again.</param>
    private sealed record Answer(int Worker, long AskedAt, SlotRange Slots, string Problem, TimeSpan RetryAfter);
}
