namespace IdGenerator.Client;

/// <summary>
/// Calls to workers, which never throw: whatever comes of a call is an <see cref="Answer"/>, and <paramref name="workers"/> hears of
/// each, of those too that come when nobody waits for them any more.
/// </summary>
internal sealed class WorkerCalls(
    IGrainFactory grains, Workers workers, IdGeneratorClientOptions options, ClientInstruments instruments, TimeProvider time)
{
    private const long EndOfSlots = (Layout.MaxTimestamp + 1) << Layout.SequenceBits;

    public async Task<Answer> AskAsync(int worker, int count, long? since, CancellationToken stop)
    {
        var askedAt = time.GetTimestamp();
        var (reservation, failure) = await CallAsync(
            worker, askedAt, () => grains.GetGrain<ISnowflakeGrain>(worker).ReserveAsync(count, since), stop).ConfigureAwait(false);
        var answer = failure ?? Judge(worker, askedAt, count, reservation);
        if (answer.Outcome == Outcome.Cancelled) return answer;
        instruments.Fetched(worker, answer.Outcome, time.GetElapsedTime(askedAt));
        workers.Hear(answer);
        return answer;
    }

    /// <summary>
    /// Takes slots for a bulk over several workers. A worker that does not answer within <see cref="MergedBulk.Bound"/> is avoided. One that has
    /// no room for another bulk is not: it may well have single IDs.
    /// </summary>
    public async ValueTask<BulkSlots> TakeAsync(int worker, int count, long? since, CancellationToken stop)
    {
        var askedAt = time.GetTimestamp();
        using var silence = time.CreateTimer(_ => WasSilent(worker, askedAt), null, MergedBulk.Bound, Timeout.InfiniteTimeSpan);
        var (slots, failure) = await CallAsync(
            worker, askedAt, () => grains.GetGrain<IBulkGrain>(worker).TakeAsync(count, since, IBulkGrain.Client), stop).ConfigureAwait(false);
        var answer = failure ?? Judge(worker, askedAt, count, slots);
        if (answer.Outcome is Outcome.Ok or Outcome.Failed or Outcome.TimedOut) workers.Hear(answer);
        if (answer.Outcome != Outcome.Cancelled) instruments.Fetched(worker, answer.Outcome, time.GetElapsedTime(askedAt));
        return answer.Outcome == Outcome.Ok ? slots : new(0, [], answer.Problem, answer.RetryAfter ?? TimeSpan.Zero);
    }

    private void WasSilent(int worker, long askedAt)
    {
        try
        {
            workers.WasSilent(worker, askedAt, MergedBulk.Bound);
        }
        catch (AggregateException)
        {
            // A log that throws: on the thread of a timer it would end the process.
        }
    }

    private async Task<(T Value, Answer? Failure)> CallAsync<T>(int worker, long askedAt, Func<ValueTask<T>> begin, CancellationToken stop)
    {
        Answer failure;
        try
        {
            var call = begin().AsTask();
            call.Ignore(); // It may fail after the time-out.
            return (await call.WaitAsync(options.CallTimeout, time, stop).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            failure = new(worker, askedAt, Outcome.Cancelled);
        }
        catch (TimeoutException e)
        {
            failure = new(worker, askedAt, Outcome.TimedOut, Problem: $"No answer within {options.CallTimeout.TotalSeconds:0.###} s", Exception: e);
        }
        catch (Exception e)
        {
            // Whatever it is, another worker may do better. What it was is in the exception that callers get in the end.
            failure = new(worker, askedAt, Outcome.Failed, Problem: e.Message, Exception: e);
        }

        return (default!, failure);
    }

    /// <summary>An answer may come from a silo of any version: what it gives is looked at before IDs are made of it.</summary>
    private static Answer Judge(int worker, long askedAt, int count, SlotReservation reservation)
    {
        if (reservation.Refusal is { } refusal) return new(worker, askedAt, Outcome.Refused, Problem: refusal, RetryAfter: reservation.RetryAfter);
        var slots = reservation.Slots;
        return slots.First >= 0 && slots.Count >= 1 && slots.Count <= count && slots.First <= EndOfSlots - slots.Count
            ? new(worker, askedAt, Outcome.Ok, slots)
            : new(worker, askedAt, Outcome.Failed, Problem: $"An answer of {slots.Count} slots from {slots.First} on, where {count} were asked for");
    }

    private static Answer Judge(int worker, long askedAt, int count, BulkSlots slots)
    {
        if (slots.Refusal is { } refusal) return new(worker, askedAt, Outcome.Refused, Problem: refusal, RetryAfter: slots.RetryAfter);
        var end = 0L;
        var left = count;
        foreach (var range in slots.Ranges ?? [])
        {
            if (range.First < end || range.Count < 1 || range.Count > left || range.First > EndOfSlots - range.Count) return Unsound();
            (end, left) = (range.Slots.End, left - range.Count);
        }

        return left == count ? Unsound() : new(worker, askedAt, Outcome.Ok);

        Answer Unsound() => new(
            worker, askedAt, Outcome.Failed, Problem: $"An answer of {slots.Ranges?.Length} ranges that cannot be right, where {count} slots were asked for");
    }
}
