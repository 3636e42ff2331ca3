namespace IdGenerator.Membership;

// How a silo enters the table, before Orleans reads it for the first time. What Orleans writes then is in MembershipTable.cs.
public sealed partial class MembershipTable
{
    /// <summary>For so long a silo lets one that joins already come first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Half as long, on average, until it looks for the first time whether it may join, then longer and longer, up to eight times that.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>A silo that began longer ago, and joins still, has ended, or waits for one that does not answer: nobody waits for it.</summary>
    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(10);

    // When this silo first came to the table: a store that fails in between does not let it wait anew.
    private long? _arrived;

    /// <summary>
    /// Declares former holders of this worker dead, and puts the silo's own row into the table, as joining, once no other silo is
    /// joining. The row is the turn to join: Orleans reads the table and then writes it, and a silo that loses to another one in between
    /// lets Orleans wait for up to four seconds before it tries again, where one that waits here is let in within tenths of a second.
    /// After <see cref="Patience"/>, or where several are joining already, it goes on without, and in a crowd after a random time
    /// (<see cref="PaceOfRow"/>): Orleans inserts the row then. For how long these have been joining does not matter: of a thousand silos that come
    /// within minutes most take longer than <see cref="JoinTime"/>, and as many that try for a turn leave the store no time for anything else.
    /// <para>
    /// Former holders are declared dead at once, before Orleans asks the active silos whether they answer: their reservation bounds what
    /// they can still issue, wherever they are, so nobody needs to wait for them, and the calls to this worker are not for them any more. Rows of
    /// other workers are not touched: only their leases say anything about them.
    /// </para>
    /// </summary>
    private async Task EnterAsync(SiloLeases leases, CancellationToken cancellation)
    {
        var arrived = _arrived ??= time.GetTimestamp();
        var onlyLooked = false;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            // A look that lags behind costs a write that loses here, and no more.
            var current = await CurrentAsync(cached: onlyLooked, cancellation);
            var now = time.GetUtcNow().UtcDateTime;
            var version = current.Version + 1;
            var dead = await FormerHoldersAsync(leases, current, now, cancellation);
            var joining = current.Rows.Values.Where(row => row.Status == nameof(SiloStatus.Joining)).ToList();
            var isLast = joining.Count > 1 || current.Rows.ContainsKey(leases.Self) || time.GetElapsedTime(arrived) >= Patience;
            var own = isLast || joining.Exists(row => IsYoung(row, now)) ? null : leases.Joining(version, now);
            if (dead.Count > 0) await AnnounceAsync(leases, own, version, cancellation);
            // Without a former holder there is nothing here that could not wait: Orleans' own write tells who has lost its lease.
            else if (own is not null && !await leases.AnnounceAsync(own, version, now, SiloLeases.VersionsAhead, cancellation)) return;

            onlyLooked = dead.Count == 0 && own is null;
            if (!onlyLooked && !await store.ChangeAsync(current, Entry(current, version, dead, own), cancellation))
            {
                await DelayAsync(attempt, cancellation);
                // Of many that restart at once each has a former holder, and none is joining yet.
                if (dead.Count > 0 || joining.Count > 1) await PaceAsync(attempt, cancellation);
                stopping.ThrowIfCancellationRequested();
                continue;
            }

            if (dead.Count > 0) LogFormerHolderDead(leases.Name, string.Join(", ", dead.Select(row => row.Address)));
            if (IsCrowd(current)) await PaceAsync(losses: 1, cancellation);
            if (own is not null || isLast) return;
            await Task.Delay(LookPeriod * Math.Min(attempt, 8) * Random.Shared.NextDouble(), time, cancellation);
        }

        throw new MembershipException($"{store.Subject} was written by others {Attempts} times in a row.");
    }

    private static MembershipChange Entry(MembershipDocument over, int version, IReadOnlyCollection<MembershipRow> dead, MembershipRow? own) =>
        own is null ? MembershipChange.Put(version, dead) : new(version, [.. dead, own], [.. FormerDead(over, own)]);

    /// <summary>The rows of this worker's former holders that are not dead yet, as they are to be.</summary>
    private async Task<IReadOnlyCollection<MembershipRow>> FormerHoldersAsync(
        SiloLeases leases, MembershipDocument current, DateTime now, CancellationToken cancellation)
    {
        var former = current.Rows.Values.Where(row => row.Status != nameof(SiloStatus.Dead) && IsOfSameWorker(row, leases)).ToList();
        await ConfirmAsync(leases, former, cancellation);
        return
        [
            .. former.Select(row => row with
            {
                Version = current.Version + 1,
                Status = nameof(SiloStatus.Dead),
                // Orleans names the silo that declares another one dead in this way.
                Suspects = [.. row.Suspects ?? [], new(leases.Self, now)],
            }),
        ];
    }

    /// <summary>By the silo's own clock: one that is far off costs a wait of <see cref="Patience"/>, or a write that loses.</summary>
    private static bool IsYoung(MembershipRow row, DateTime now) => (now - row.Start).Duration() < JoinTime;
}
