using Microsoft.Extensions.Logging;

namespace IdGenerator.Membership;

// How a silo begins to leave, before Orleans does. What Orleans writes then is in MembershipTable.cs.
public sealed partial class MembershipTable
{
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(10);

    /// <summary>In two seconds hardly more silos can leave one after the other; of more, each would only wait.</summary>
    private const int MostInTurn = 16;

    /// <summary>
    /// Writes that this silo leaves, once no other silo is leaving. The row is the turn to leave, as that of <see cref="EnterAsync"/> is the
    /// turn to join: Orleans says twice in the table that it leaves, and each write that it loses to another silo costs it up to four seconds.
    /// Waits no longer than <see cref="Patience"/>. After that, where several are leaving already, where there are more than
    /// <see cref="MostInTurn"/>, or where the store refuses, it leaves all to Orleans. A write that is given up may still be done by the store,
    /// and make a write of Orleans lose.
    /// <para>
    /// Orleans does not stop a silo that it has not started. So one that is told to stop while it is joining writes here that it is dead, and goes
    /// on without its turn where several are leaving. Otherwise it would stay in the table, and each silo that changes its status would wait for
    /// three seconds until it has told it. Where more than <see cref="MostInTurn"/> are joining it does stay, until the next holder of its lease declares
    /// it dead: as many writes at once would hold up the others.
    /// </para>
    /// </summary>
    /// <param name="isStarted">Orleans has started, and will stop.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task BeginToLeaveAsync(bool isStarted = true, CancellationToken cancellation = default)
    {
        // A silo that has announced no row has none.
        if (leases?.Announced is null) return;
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await BeginToLeaveAsync(leases, isStarted, either.Token);
        }
        catch (Exception e)
        {
            // Orleans that was started writes the same, tries for longer, and says so where it cannot. Of a silo that was not started the row is left,
            // until the next holder of the lease declares it dead.
            LogNoTurn(store.Subject, e.Message);
        }
    }

    private async Task BeginToLeaveAsync(SiloLeases leases, bool isStarted, CancellationToken cancellation)
    {
        var onlyLooked = false;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            // A look that lags behind costs a write that loses here, and no more.
            var current = await CurrentAsync(cached: onlyLooked, cancellation);
            var now = time.GetUtcNow().UtcDateTime;
            var leaving = current.Rows.Values.Count(row => IsLeaving(row, now));
            if (current.Rows.GetValueOrDefault(leases.Self) is not { Status: nameof(SiloStatus.Active) or nameof(SiloStatus.Joining) } own) return;
            if (current.Rows.Values.Count(row => row.Status == own.Status) > MostInTurn || (leaving > 1 && isStarted)) return;
            onlyLooked = leaving == 1;
            if (onlyLooked)
            {
                await Task.Delay(LookPeriod * Math.Min(attempt, 8) * Random.Shared.NextDouble(), time, cancellation);
                continue;
            }

            var status = isStarted ? nameof(SiloStatus.ShuttingDown) : nameof(SiloStatus.Dead);
            var row = own with { Version = current.Version + 1, Status = status, Term = leases.Term, Alive = now };
            await AnnounceAsync(leases, row, row.Version, cancellation);
            if (await store.ChangeAsync(current, MembershipChange.Put(row.Version, row), cancellation)) return;
            await DelayAsync(attempt, cancellation);
        }
    }

    /// <summary>One that said so long ago has ended without being declared dead: nobody waits for it.</summary>
    private static bool IsLeaving(MembershipRow row, DateTime now) =>
        row.Status is nameof(SiloStatus.ShuttingDown) or nameof(SiloStatus.Stopping) && (now - row.Alive).Duration() < LeaveTime;

    [LoggerMessage(5, LogLevel.Debug, "This silo leaves without waiting for its turn in {Table}: {Problem}")]
    private partial void LogNoTurn(string table, string problem);
}
