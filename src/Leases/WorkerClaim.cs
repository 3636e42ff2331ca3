using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Leases;

/// <summary>
/// Finds a worker ID for a process that was given none: the lowest of a range that nobody holds. Where each one is held it waits, until one is
/// given back or its holder has been silent for as long as its reservation lasts.
/// <para>
/// A claim is a lease without a reservation: it bears the name of this process, and the mark of whoever held the worker ID before, so nothing may be
/// issued under it. <see cref="WorkerLease"/> takes the worker ID by it, as a process does that comes back, and makes the first reservation.
/// Two that claim the same worker ID at once are told apart by the store, as two that take it are.
/// </para>
/// </summary>
/// <param name="range">The worker IDs that may be taken.</param>
/// <param name="holder">This process.</param>
/// <param name="open">Opens the store of a worker ID, which all processes share that may have it.</param>
/// <param name="options">Of the lease.</param>
/// <param name="time">For waiting, and for watching others.</param>
/// <param name="logger">Is told what is waited for.</param>
public sealed partial class WorkerClaim(
    WorkerRange range, Holder holder, Func<int, ILeaseStore> open, LeaseOptions options, TimeProvider time, ILogger<WorkerClaim> logger)
{
    /// <summary>Between two looks at all worker IDs, where none was free: 1 to 2 seconds, so that those who wait do not look in step.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Between two lines that say so.</summary>
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);

    private readonly Dictionary<int, Watch> _watches = [];
    private readonly Denial _denial = new(time);
    private long? _saidAt;
    private int? _failed;

    /// <returns>The worker ID, claimed; or why there is none, and will be none.</returns>
    public async Task<(int? Worker, LeaseRefusal? Refusal)> TakeAsync(CancellationToken cancellation)
    {
        var stores = range.Workers.ToDictionary(worker => worker, open);
        var backoff = new Backoff(mostAsked: options.Renew);
        while (true)
        {
            try
            {
                foreach (var (worker, store) in stores.OrderBy(place => place.Key == _failed))
                {
                    var found = await store.ReadAsync(cancellation);
                    _denial.End();
                    if (found is not null && found.Record.Layout != Layout.Name) return (null, LeaseRefusal.OtherLayout(worker, found.Record));
                    // A container that is started again in the same pod.
                    if (found?.Record.Holder?.Uid == holder.Uid) return (worker, null);
                    if (IsFree(worker, found) && await TryClaimAsync(worker, store, found, cancellation)) return (worker, null);
                }

                SayThatNoneIsFree();
                backoff.Reset();
                await Task.Delay(Period * (1 + Random.Shared.NextDouble()), time, cancellation);
            }
            catch (LeaseStoreException e) when (e.IsFinal)
            {
                return (null, new(RefusalReason.Store, e.Message));
            }
            catch (LeaseStoreException e)
            {
                if (_denial.IsForGood(e)) return (null, LeaseRefusal.DeniedClaim(range, e.Message));
                var delay = backoff.Next(e.RetryAfter);
                LogStoreUnavailable(range, e.Message, delay.TotalSeconds);
                await Task.Delay(delay, time, cancellation);
            }
        }
    }

    /// <summary>
    /// Gives back a claim under which nothing was reserved: by a process that was told to stop before it took the worker ID. A record that is no
    /// claim of this holder, or none any more, stays as it is.
    /// </summary>
    /// <exception cref="LeaseStoreException">Nobody knows whether it was given back.</exception>
    public static async Task GiveBackAsync(ILeaseStore store, Holder holder, TimeProvider time, CancellationToken cancellation)
    {
        if (await store.ReadAsync(cancellation) is not { Record: { Boot: null } claim } found || claim.Holder?.Uid != holder.Uid) return;
        await store.WriteAsync(claim with { Holder = null, Token = null, RenewedAt = time.GetUtcNow() }, found.Version, cancellation);
    }

    private async Task<bool> TryClaimAsync(int worker, ILeaseStore store, StoredLease? found, CancellationToken cancellation)
    {
        // A write that fails may be waiting for a lock that somebody has: the others come first next time.
        _failed = worker;
        // As where a lease is taken: a stop leaves the write the time to learn whether it has landed.
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = cancellation.Register(() => late.CancelAfter(LeaseOptions.LastWrite));
        var stored = await store.WriteAsync(Claim(found?.Record), found?.Version, late.Token);
        _failed = null;
        // What came first may be an earlier write of this process, whose answer was lost.
        return stored is not null || (await store.ReadAsync(late.Token))?.Record.Holder?.Uid == holder.Uid;
    }

    /// <summary>Nobody's; or of a holder whose record has not changed for its duration while this process was looking.</summary>
    private bool IsFree(int worker, StoredLease? found)
    {
        if (found?.Record.Holder is null) return true;
        if (_watches.TryGetValue(worker, out var watch) && !watch.SawLifeIn(found)) return watch.HasExpired(found, time);
        _watches[worker] = Watch.Begin(found, time);
        return false;
    }

    private LeaseRecord Claim(LeaseRecord? former) => new()
    {
        Holder = holder,
        Generation = (former?.Generation ?? 0) + 1,
        // What the former holder reserved it may still issue, where it was paused. That it is dead nobody has proven.
        ReservedUntil = former?.ReservedUntil ?? 0,
        Token = RandomNumberGenerator.GetHexString(16, lowercase: true),
        Layout = Layout.Name,
        AcquiredAt = time.GetUtcNow(),
        RenewedAt = time.GetUtcNow(),
        DurationSeconds = options.ReserveSeconds,
    };

    private void SayThatNoneIsFree()
    {
        if (_saidAt is { } said && time.GetElapsedTime(said) < Reminder) return;
        _saidAt = time.GetTimestamp();
        LogNoneIsFree(range);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "None of the worker IDs {Range} is free: each is held by another process. Waiting for one. Stop a process, or allow more worker IDs.")]
    private partial void LogNoneIsFree(WorkerRange range);

    [LoggerMessage(2, LogLevel.Warning,
        "No worker ID of {Range} can be taken yet ({Problem}). Trying again in {DelaySeconds:0.0} s.")]
    private partial void LogStoreUnavailable(WorkerRange range, string problem, double delaySeconds);
}
