using System.Security.Cryptography;
using IdGenerator.Snowflake;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Leases;

/// <summary>
/// Holds a worker ID by reserving timestamps in a <see cref="ILeaseStore"/> before the generator may use them.
/// <para>
/// Promised: of all processes that use one store with one worker ID, no two are ever admitted to the same timestamp,
/// whatever their clocks, pauses, crashes and connections do, as long as the store is linearizable and keeps what it
/// acknowledged, and processes that share a <see cref="Holder.Uid"/> or a <see cref="ILeaseStore.Lock"/> follow each other.
/// Not promised: that only one process believes itself the holder. One that was paused or cut off goes on within what it
/// had reserved; nobody else uses those timestamps.
/// </para>
/// Use: <see cref="AcquireAsync"/>, then <see cref="HoldAsync"/>, then <see cref="ReleaseAsync"/>; the first two once each.
/// </summary>
public sealed partial class WorkerLease(
    int worker,
    Holder holder,
    string bootId,
    ILeaseStore store,
    LogicalClock clock,
    SlotGenerator generator,
    LeaseOptions options,
    TimeProvider time,
    ILogger<WorkerLease> logger)
{
    /// <summary>Less than the log shows, which would be that issuing goes on for 0.0 s.</summary>
    private static readonly TimeSpan LeastSaid = TimeSpan.FromMilliseconds(50);

    /// <summary>Between two attempts to give the worker ID back: half a second.</summary>
    private static readonly TimeSpan BetweenReleases = TimeSpan.FromSeconds(0.5);

    // Tokens of the writes since the last acknowledged one, that one included: the record is ours if it bears one of them.
    private readonly List<string> _tokens = [];
    private readonly Denial _denial = new(time);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StoredLease? _stored;
    private bool _refusesStep;
    private long _firstUnused;
    private bool _isGivenBack;
    private volatile LeasePhase _phase;

    public int Worker => worker;

    public Holder Holder => holder;

    public LeasePhase Phase => _phase;

    /// <summary>The store answers, and does not let this process in. It may pass.</summary>
    public bool IsDenied => _denial.IsGoingOn;

    /// <summary>Ends when the worker ID is ours; never, where it does not become so.</summary>
    public Task Held => _held.Task;

    /// <summary>
    /// Renews the reservation until cancelled, or until another process has the worker ID, or until all that was reserved is used
    /// and the store has denied every attempt for a minute. A store that does not answer is waited for, however long that takes.
    /// </summary>
    /// <returns>Null when cancelled; else why this process has to end. Nothing is issued from then on.</returns>
    public async Task<LeaseRefusal?> HoldAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(mostAsked: options.Renew);
        var delay = options.Renew;
        try
        {
            while (true)
            {
                await Task.Delay(delay, time, cancellation);
                try
                {
                    if (await RenewAsync(cancellation) is { } refusal) return refusal;
                    _denial.End();
                    if (delay != options.Renew) LogRenewedAgain(worker);
                    backoff.Reset();
                    delay = options.Renew;
                }
                catch (LeaseStoreException e)
                {
                    var isForGood = _denial.IsForGood(e);
                    var headroom = Headroom;
                    if (isForGood && headroom == TimeSpan.Zero) return LeaseRefusal.Denied(worker, e.Message);
                    delay = backoff.Next(e.RetryAfter);
                    if (headroom >= LeastSaid) LogNotRenewed(worker, headroom.TotalSeconds, e.Message, delay.TotalSeconds);
                    else LogNotIssuing(worker, e.Message, delay.TotalSeconds);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>How long issuing can go on without a renewal.</summary>
    public TimeSpan Headroom =>
        TimeSpan.FromMilliseconds(Math.Max(0, generator.Until - clock.Read().Logical));

    /// <summary>
    /// Ends issuing for good and gives the worker ID back, or the claim of it under which nothing was reserved yet. A store that fails is asked again
    /// until the time is over. <see cref="AcquireAsync"/> and <see cref="HoldAsync"/> have returned.
    /// </summary>
    /// <param name="isClaimed">The worker ID was taken by a <see cref="WorkerClaim"/>.</param>
    /// <param name="within">The time for it.</param>
    public async Task EndAsync(bool isClaimed, TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within, time);
        if (isClaimed && !_held.Task.IsCompleted) await GiveClaimBackAsync(timeout.Token);
        while (!await ReleaseAsync(timeout.Token))
            await Task.Delay(BetweenReleases, time, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task GiveClaimBackAsync(CancellationToken cancellation)
    {
        try
        {
            await WorkerClaim.GiveBackAsync(store, holder, time, cancellation);
        }
        catch (Exception e) when (e is LeaseStoreException or OperationCanceledException)
        {
            // It is free again when its time is over.
        }
    }

    /// <summary>Ends issuing for good and gives the unused timestamps back, so that the next start need not wait.</summary>
    /// <returns>False where the store did not answer, or not with an answer: call it again, as long as there is time.</returns>
    public async Task<bool> ReleaseAsync(CancellationToken cancellation)
    {
        if (_phase == LeasePhase.Held) (_phase, _firstUnused) = (LeasePhase.Released, generator.Close());
        if (_phase != LeasePhase.Released || _isGivenBack) return true;
        try
        {
            _isGivenBack = await WriteReleasedAsync(_stored!, cancellation) || await WriteReleasedOverAsync(cancellation);
            if (_isGivenBack) LogReleased(worker);
            else LogNotReleased(worker, "the record has changed");
            return true;
        }
        catch (LeaseStoreException e) when (e is { IsDenied: false, IsFinal: false } && !cancellation.IsCancellationRequested)
        {
            LogNotReleasedYet(worker, e.Message);
            return false;
        }
        catch (Exception e) when (e is LeaseStoreException or OperationCanceledException)
        {
            LogNotReleased(worker, e.Message);
            return true;
        }
    }

    /// <summary>A renewal that was under way when the stop came may have landed, or an earlier attempt to give the worker ID back.</summary>
    private async Task<bool> WriteReleasedOverAsync(CancellationToken cancellation) =>
        await store.ReadAsync(cancellation) is { } found
        && (found.Record.Holder is null || (IsOurs(found.Record) && await WriteReleasedAsync(found, cancellation)));

    private async Task<bool> WriteReleasedAsync(StoredLease stored, CancellationToken cancellation)
    {
        var record = stored.Record with
        {
            Holder = null,
            ReservedUntil = _firstUnused,
            Boot = null,
            Lock = null,
            Token = null,
            RenewedAt = time.GetUtcNow(),
        };
        return await store.WriteAsync(record, stored.Version, cancellation) is not null;
    }

    /// <summary>The record is of our term: ours, or that of a copy of this process.</summary>
    private bool IsOfOurTerm(LeaseRecord record) =>
        record.Holder?.Uid == holder.Uid && record.Generation == _stored!.Record.Generation;

    private bool IsOurs(LeaseRecord record) => IsOfOurTerm(record) && _tokens.Contains(record.Token!);

    private async Task<LeaseRefusal?> RenewAsync(CancellationToken cancellation)
    {
        var held = _stored!;
        var (anchor, refusedStep) = clock.Propose(LeaseOptions.StepPatienceMilliseconds);
        // Until the write is acknowledged the anchor in use stays, so the mark must bound both. What was issued lies below the
        // anchor in use, whichever anchor it was issued under.
        var ceiling = Math.Max(anchor.CeilingAt(anchor.Monotonic), clock.Anchor.CeilingAt(anchor.Monotonic));
        // While the wall clock is known to be elsewhere nothing more is reserved: issuing ends with what there is.
        var until = refusedStep > 0 ? 0 : Math.Min(anchor.Logical + options.ReserveMilliseconds, Layout.MaxTimestamp + 1);
        var record = held.Record with
        {
            ReservedUntil = Math.Max(held.Record.ReservedUntil, Math.Max(generator.Until, until)),
            Boot = new(bootId, anchor.Monotonic, ceiling),
            RenewedAt = time.GetUtcNow(),
        };

        ReportSteps(refusedStep);
        if (await WriteNextAsync(record, held.Version, cancellation) is not { } stored) return await ResolveAsync(cancellation);

        Acknowledge(stored);
        generator.Adopt(anchor);
        generator.Admit(from: 0, stored.Record.ReservedUntil);
        return null;
    }

    /// <summary>Writes <paramref name="record"/> as the next one of our term, under a token of its own.</summary>
    private Task<StoredLease?> WriteNextAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        var next = record with { Writes = _stored!.Record.Writes + 1, Token = NewToken() };
        _tokens.Add(next.Token);
        return store.WriteAsync(next, expectedVersion, cancellation);
    }

    private void Acknowledge(StoredLease stored)
    {
        _stored = stored;
        _tokens.Clear();
        _tokens.Add(stored.Record.Token!);
    }

    /// <summary>
    /// The record is not as we left it: either an earlier write of ours has landed unacknowledged, or it was deleted or
    /// restored under us and we put it right, or somebody else has taken it.
    /// </summary>
    private async Task<LeaseRefusal?> ResolveAsync(CancellationToken cancellation)
    {
        var mine = _stored!.Record;
        var found = await store.ReadAsync(cancellation);
        if (found is null)
        {
            LogRecordGone(worker);
            if (await WriteNextAsync(mine, expectedVersion: null, cancellation) is { } written) Acknowledge(written);
        }
        else if (IsOurs(found.Record))
        {
            // What it bounds includes the anchor in use, which stays; the next renewal goes on from here.
            Acknowledge(found);
        }
        else if (IsOfOurTerm(found.Record) && found.Record.Writes < mine.Writes)
        {
            LogRecordOlder(worker);
            _stored = new(mine, found.Version);
        }
        else
        {
            _phase = LeasePhase.Lost;
            generator.Close();
            return IsOfOurTerm(found.Record) ? LeaseRefusal.Copied(worker) : LeaseRefusal.Lost(worker, found.Record);
        }

        throw new LeaseStoreException("the record had to be read again");
    }

    private static string NewToken() => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
