using IdGenerator.Snowflake;
using Orleans.Runtime;

namespace IdGenerator.Client;

/// <summary>Gets batches from the cluster: from the next live worker, or, where that fails, from another. Not thread-safe.</summary>
internal sealed class BatchFetcher(IGrainFactory grains, IdGeneratorClientOptions options, TimeProvider time)
{
    /// <summary>Between two rounds through all workers, none of which had any IDs.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan AvoidAfterFailure = TimeSpan.FromSeconds(1);

    private readonly LiveWorkers _workers = new(grains, time);

    /// <exception cref="IdsUnavailableException">No worker had any until it was time to give up.</exception>
    public async Task<IdBatch> FetchAsync(int count, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var problem = "No worker is alive";
        while (time.GetElapsedTime(start) < options.GiveUpAfter)
        {
            int? worker = null;
            try
            {
                await _workers.RefreshAsync(options.CallTimeout, cancellation);
                worker = _workers.Next();
                if (worker is null)
                {
                    await Task.Delay(Pause, time, cancellation);
                    continue;
                }

                var askedAt = time.GetTimestamp();
                var call = grains.GetGrain<ISnowflakeGrain>(worker.Value).ReserveAsync(count, SlotGenerator.Now).AsTask();
                // An answer that comes after the timeout is lost; it is never handed out.
                var reservation = await call.WaitAsync(options.CallTimeout, time, cancellation);
                if (reservation.Refusal is null) return new(reservation.Of(worker.Value).Ids, askedAt);

                problem = reservation.Refusal;
                _workers.Avoid(worker.Value, reservation.RetryAfter);
            }
            catch (Exception e) when (e is WorkerUnavailableException or OrleansException or TimeoutException)
            {
                problem = e.Message;
                if (worker is null) await Task.Delay(Pause, time, cancellation);
                else _workers.Avoid(worker.Value, AvoidAfterFailure);
            }
        }

        throw new IdsUnavailableException(
            $"No worker had IDs for {options.GiveUpAfter.TotalSeconds:0.#} s. The last answer: {problem}");
    }
}
