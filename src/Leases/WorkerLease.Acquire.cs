using IdGenerator.Snowflake;

namespace IdGenerator.Leases;

// How a worker ID is taken, from nobody or from a former holder. What follows is in WorkerLease.cs.
public sealed partial class WorkerLease
{
    /// <summary>
    /// Takes the worker ID: at once where its record is free, released, our own, or of a holder that is proven dead; else
    /// once the record has stayed unchanged for its duration. Waits for a wall clock that cannot be right, for a store that does
    /// not answer, and for up to a minute for one that denies every attempt.
    /// </summary>
    /// <returns>Null when it is ours; else why it is not.</returns>
    public async Task<LeaseRefusal?> AcquireAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(mostAsked: options.Renew);
        Watch? watch = null;
        await UntilClockIsPlausibleAsync(cancellation);
        while (true)
        {
            try
            {
                var found = await store.ReadAsync(cancellation);
                _denial.End();
                if (found is not null && found.Record.Layout != Layout.Name) return LeaseRefusal.OtherLayout(worker, found.Record);

                // Made free, then taken: a first start needs what every later one needs, so that a role that lacks a verb
                // shows at once.
                found ??= await store.WriteAsync(NeverHeld(), expectedVersion: null, cancellation);
                if (found is null || IsFree(found.Record) || watch?.HasExpired(found, time) == true)
                {
                    if (found is not null && await TakeAsync(found, cancellation)) return null;
                    await Task.Delay(backoff.Next(atLeast: null), time, cancellation);
                    continue; // Somebody else came first: look again.
                }

                if (watch?.SawLifeIn(found) == true) return LeaseRefusal.HeldBy(worker, found.Record);
                if (watch is null) StartWatching(found.Record);
                watch ??= Watch.Begin(found, time);
                backoff.Reset();
                await Task.Delay(watch.UntilNextLook(time), time, cancellation);
            }
            catch (LeaseStoreException e) when (e.IsFinal)
            {
                return new(RefusalReason.Store, e.Message);
            }
            catch (LeaseStoreException e)
            {
                if (_denial.IsForGood(e)) return LeaseRefusal.Denied(worker, e.Message);
                // Also after a write that may have landed: the next look tells.
                var delay = backoff.Next(e.RetryAfter);
                LogStoreUnavailable(worker, e.Message, delay.TotalSeconds);
                await Task.Delay(delay, time, cancellation);
            }
        }
    }

    /// <summary>
    /// A wall clock before the date of this release would, once it is put right, leave IDs of the past behind or look like a step
    /// that nobody should follow. Nothing is reserved by it.
    /// </summary>
    private async Task UntilClockIsPlausibleAsync(CancellationToken cancellation)
    {
        if (clock.IsPlausible) return;
        LogClockImplausible(worker, time.GetUtcNow(), Layout.Epoch.AddMilliseconds(clock.Limits.Earliest));
        while (!clock.IsPlausible) await Task.Delay(LeaseOptions.WatchPeriod, time, cancellation);
    }

    private bool IsFree(LeaseRecord record) =>
        record.Holder is null || IsDead(record);

    /// <summary>
    /// The holder is proven dead: a process of the same pod has ended before this one began, and a lock that it held for life
    /// is held by this process.
    /// </summary>
    private bool IsDead(LeaseRecord record) =>
        record.Holder?.Uid == holder.Uid || (record.Lock is not null && record.Lock == store.Lock);

    private async Task<bool> TakeAsync(StoredLease found, CancellationToken cancellation)
    {
        var floor = FirstUnused(found.Record);
        var anchor = clock.Start(floor);
        var now = time.GetUtcNow();
        var record = new LeaseRecord
        {
            Holder = holder,
            Generation = found.Record.Generation + 1,
            ReservedUntil = Math.Min(anchor.Logical + options.ReserveMilliseconds, Layout.MaxTimestamp + 1),
            Boot = new(bootId, anchor.Monotonic, anchor.CeilingAt(anchor.Monotonic)),
            Token = NewToken(),
            Lock = store.Lock,
            Layout = Layout.Name,
            AcquiredAt = now,
            RenewedAt = now,
            DurationSeconds = options.ReserveSeconds,
        };
        // A stop does not cancel this write at once: one that had landed all the same would leave the worker ID with a process that never
        // knew that it had it, and so never gives it back.
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = cancellation.Register(() => late.CancelAfter(LeaseOptions.LastWrite));
        if (await store.WriteAsync(record, found.Version, late.Token) is not { } stored) return false;

        Acknowledge(stored);
        generator.Adopt(anchor);
        generator.Admit(anchor.Logical, record.ReservedUntil);
        _phase = LeasePhase.Held;
        _held.TrySetResult();
        LogTaken(worker, record.Generation, options.ReserveSeconds, Math.Max(0, floor - clock.Wall) / 1_000d);
        return true;
    }

    /// <summary>The first timestamp that no earlier holder has issued or can yet issue.</summary>
    private long FirstUnused(LeaseRecord record)
    {
        // The mark bounds only a holder that is dead by now. One that may be paused can still use all that it reserved.
        // That of an earlier release, which wrote no token, could lie too low.
        var bound = IsDead(record) && record.Token is not null ? record.Boot?.FirstUnused(bootId, clock.Monotonic) : null;
        return Math.Min(bound ?? long.MaxValue, record.ReservedUntil);
    }

    private LeaseRecord NeverHeld() => new()
    {
        Holder = null,
        Generation = 0,
        ReservedUntil = 0,
        Layout = Layout.Name,
        AcquiredAt = time.GetUtcNow(),
        RenewedAt = time.GetUtcNow(),
        DurationSeconds = options.ReserveSeconds,
    };

    private void StartWatching(LeaseRecord record)
    {
        _phase = LeasePhase.Watching;
        LogWatching(worker, record.Holder!.Name, record.AcquiredAt, record.DurationSeconds);
    }
}
