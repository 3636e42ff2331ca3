namespace IdGenerator.Client;

/// <summary>Gets batches from the cluster: from the next live worker, or, where that fails, from another. Not thread-safe.</summary>
internal sealed class BatchFetcher(IGrainFactory grains, IdGeneratorClientOptions options, TimeProvider time)
{
    /// <summary>Between two rounds through all workers, none of which had any IDs.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

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
        while (time.GetElapsedTime(start) < options.GiveUpAfter)
        {
            problem = await _workers.RefreshAsync(options.CallTimeout, cancellation) ?? problem;
            if (_workers.Next() is not { } worker)
            {
                await Task.Delay(Pause, time, cancellation);
                continue;
            }

            try
            {
                var askedAt = time.GetTimestamp();
                var call = grains.GetGrain<ISnowflakeGrain>(worker).ReserveAsync(count, Since(worker)).AsTask();
                // An answer that comes after the timeout is lost; it is never handed out.
                var reservation = await call.WaitAsync(options.CallTimeout, time, cancellation);
                if (reservation.Refusal is null)
                {
                    _last[worker] = (askedAt, reservation.Slots.Timestamp);
                    return new(new(worker, reservation.Slots), askedAt);
                }

                problem = reservation.Refusal;
                _workers.Avoid(worker, reservation.RetryAfter);
            }
            catch (Exception e) when (e is WorkerUnavailableException or OrleansException or TimeoutException)
            {
                problem = e.Message;
                _workers.Avoid(worker, AvoidAfterFailure);
            }
        }

        throw new IdsUnavailableException(
            $"No worker had IDs for {options.GiveUpAfter.TotalSeconds:0.#} s. The last answer: {problem}");
    }

    private long? Since(int worker) =>
        _last.TryGetValue(worker, out var last) && time.GetElapsedTime(last.AskedAt) < Succession
            ? last.Timestamp
            : null;
}
