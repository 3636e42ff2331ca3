namespace IdGenerator.Client;

/// <summary>
/// Gets batches from the cluster: from the next healthy worker, or, where that fails or has not answered soon, from another. It never
/// throws. Not thread-safe.
/// </summary>
internal sealed class BatchFetcher(
    WorkerCalls calls, WorkerList list, Workers workers, IdGeneratorClientOptions options, TimeProvider time)
{
    /// <summary>
    /// When a worker has not answered for this long, another one is asked as well, and whoever answers first is taken: the silo, or the
    /// one that passes its messages on, may hang or be gone, and nobody tells a client of Orleans so before its time-out. An answer takes
    /// a millisecond or two; with a shorter time, IDs would be fetched twice wherever a thread pauses.
    /// </summary>
    public static TimeSpan AskAnotherAfter { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// While no worker is healthy, one of them is asked each 50, 100, then 200 ms. With a longer time, callers would hear late of the
    /// first worker that comes back; with a shorter one, a thousand clients would keep a cluster in trouble busy.
    /// </summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly Succession _succession = new(time);

    /// <param name="count">How many IDs.</param>
    /// <param name="isWaitedFor">Whether anybody waits for them; what nobody waits for is given up after the time-out of a call.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Null where it ended or was given up.</returns>
    public async Task<IdBatch?> FetchAsync(int count, Func<bool> isWaitedFor, CancellationToken stop)
    {
        var start = time.GetTimestamp();
        var race = new List<Call>();
        var pause = AskAnotherAfter;
        while (!stop.IsCancellationRequested && (time.GetElapsedTime(start) < options.CallTimeout || isWaitedFor()))
        {
            var listing = list.RefreshAsync(stop);
            if (!workers.AreKnown)
            {
                await WaitAsync(listing, pause, stop).ConfigureAwait(false);
                if (!workers.AreKnown && listing.IsCompleted) await WaitAsync(null, pause, stop).ConfigureAwait(false);
                if (!workers.AreKnown) continue;
            }

            var healthy = workers.NextHealthy();
            if (healthy is not null)
            {
                pause = AskAnotherAfter;
                if (workers.NextDue() is { } due) Ask(due, 1, stop);
            }

            if ((healthy ?? workers.NextAvoided()) is not { } worker) continue;
            var asked = Ask(worker, count, stop);
            race.Add(asked);
            if (await FirstAsync(race, asked, pause, stop).ConfigureAwait(false) is { } batch) return batch;
            if (healthy is null) pause = Min(pause * 2, LongestPause);
        }

        return null;
    }

    /// <returns>The IDs of the first call of the race that has any; null where it is time to ask another worker.</returns>
    private async Task<IdBatch?> FirstAsync(List<Call> race, Call last, TimeSpan patience, CancellationToken stop)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var left = patience - time.GetElapsedTime(start);
            var first = await WaitAsync(race.Count == 0 ? null : Task.WhenAny(race.Select(call => call.Answer)), left, stop).ConfigureAwait(false);
            if (stop.IsCancellationRequested) return null;
            if (!first)
            {
                if (!last.Answer.IsCompleted) workers.WasSilent(last.Worker, last.AskedAt, AskAnotherAfter);
                return null;
            }

            var over = race.First(call => call.Answer.IsCompleted);
            race.Remove(over);
            var answer = await over.Answer.ConfigureAwait(false);
            if (answer.Outcome == Outcome.Ok)
            {
                _succession.Note(answer.Worker, answer.AskedAt, answer.Slots.Timestamp, over.Since is null);
                return new(new(answer.Worker, answer.Slots), answer.AskedAt);
            }

            // At once, where somebody else is likely to have IDs; else the pause goes on, so that nobody is asked in a tight loop.
            if (over == last && workers.IsAnyHealthy) return null;
        }
    }

    private Call Ask(int worker, int count, CancellationToken stop)
    {
        var since = _succession.Since(worker);
        return new(worker, time.GetTimestamp(), since, calls.AskAsync(worker, count, since, stop));
    }

    /// <param name="task">What is waited for; null to let the time pass.</param>
    /// <param name="patience">For how long.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Whether it ended in time.</returns>
    private async Task<bool> WaitAsync(Task? task, TimeSpan patience, CancellationToken stop)
    {
        if (task is { IsCompleted: true }) return true;
        if (patience <= TimeSpan.Zero) return false;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var elapsed = Task.Delay(patience, time, timer.Token);
        await (task is null ? Task.WhenAny(elapsed) : Task.WhenAny(task, elapsed)).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        return task is { IsCompleted: true };
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed record Call(int Worker, long AskedAt, long? Since, Task<Answer> Answer);
}
