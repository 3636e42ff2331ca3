namespace IdGenerator.Client;

/// <summary>
/// Calls to workers, which never throw: whatever comes of a call is an <see cref="Answer"/>, and <paramref name="workers"/> hears of
/// each, of those too that come when nobody waits for them any more.
/// </summary>
internal sealed class WorkerCalls(
    IGrainFactory grains, Workers workers, IdGeneratorClientOptions options, ClientInstruments instruments, TimeProvider time)
{
    private const long LastSlot = Layout.MaxTimestamp << Layout.SequenceBits | Layout.MaxSequence;

    public async Task<Answer> AskAsync(int worker, int count, long? since, CancellationToken stop)
    {
        var answer = await CallAsync(worker, count, since, stop).ConfigureAwait(false);
        if (answer.Outcome == Outcome.Cancelled) return answer;
        instruments.Fetched(worker, answer.Outcome, time.GetElapsedTime(answer.AskedAt));
        workers.Hear(answer);
        return answer;
    }

    private async Task<Answer> CallAsync(int worker, int count, long? since, CancellationToken stop)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            var call = grains.GetGrain<ISnowflakeGrain>(worker).ReserveAsync(count, since).AsTask();
            call.Ignore(); // It may fail after the time-out.
            return Judge(worker, askedAt, count, await call.WaitAsync(options.CallTimeout, time, stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new(worker, askedAt, Outcome.Cancelled);
        }
        catch (TimeoutException e)
        {
            return new(worker, askedAt, Outcome.TimedOut, Problem: $"No answer within {options.CallTimeout.TotalSeconds:0.###} s", Exception: e);
        }
        catch (Exception e)
        {
            // Whatever it is, another worker may do better. What it was is in the exception that callers get in the end.
            return new(worker, askedAt, Outcome.Failed, Problem: e.Message, Exception: e);
        }
    }

    /// <summary>An answer may come from a silo of any version: what it gives is looked at before IDs are made of it.</summary>
    private static Answer Judge(int worker, long askedAt, int count, SlotReservation reservation)
    {
        if (reservation.Refusal is { } refusal) return new(worker, askedAt, Outcome.Refused, Problem: refusal, RetryAfter: reservation.RetryAfter);
        var slots = reservation.Slots;
        var isSound = slots.Count >= 1 && slots.Count <= count && slots.First >= 0 && slots.First <= LastSlot - (slots.Count - 1);
        return isSound
            ? new(worker, askedAt, Outcome.Ok, slots)
            : new(worker, askedAt, Outcome.Failed, Problem: $"An answer of {slots.Count} slots from {slots.First} on, where {count} were asked for");
    }
}
