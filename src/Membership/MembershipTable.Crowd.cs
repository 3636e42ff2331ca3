namespace IdGenerator.Membership;

// How hundreds of silos that join at once share one document.
public sealed partial class MembershipTable
{
    /// <summary>Where more silos than this are joining, one that comes waits once, and one that loses waits for long.</summary>
    private const int Crowd = 16;

    /// <summary>
    /// Where fewer are joining, losses add an eighth each to the longest wait: the first may be chance, and one of three pods that are added to
    /// a thousand is not to wait for twenty seconds. So many in a row are a crowd that is not in the table yet.
    /// </summary>
    private const double LossesOfCrowd = 8;

    /// <summary>
    /// What each row adds to the longest wait. Writes that overlap cost the store as much as the one of them that is done, and a write costs the
    /// more, the more rows there are: of a thousand silos that try again every few seconds the answers take longer than the attempts come in, and
    /// none is done any more. In a crowd beside 1,024 rows this is up to 20 s, 40 s from the second loss on.
    /// </summary>
    private static readonly TimeSpan PaceOfRow = TimeSpan.FromMilliseconds(20);

    // Attempts to join that others came before, or that had no answer, since the last one that was done.
    private int _losses;

    private static bool IsCrowd(MembershipDocument table) =>
        table.Rows.Values.Count(row => row.Status == nameof(SiloStatus.Joining)) > Crowd;

    /// <summary>
    /// Waits for a random time, and no longer once this silo is told to stop. To be called where nobody else waits: not in a read, which Orleans
    /// needs to take up what others tell it.
    /// </summary>
    private async Task PaceAsync(int losses, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _last) is not { } table) return;
        var share = IsCrowd(table) ? Math.Max(1, losses) : losses / LossesOfCrowd;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        await Task.Delay(PaceOfRow * (table.Rows.Count * Math.Min(2, share) * Random.Shared.NextDouble()), time, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Writes this silo's own row as Orleans joins with it. Orleans is told later that others came before it, or that there was no answer, and
    /// waits for some seconds more before it tries again.
    /// </summary>
    private async Task<bool> JoinAsync(Task<bool> write, MembershipRow own, CancellationToken cancellation)
    {
        try
        {
            if (await write)
            {
                _losses = 0;
                if (own.Status == nameof(SiloStatus.Active)) _hasJoined = true;
                return true;
            }
        }
        catch (Exception e) when (e is not (MembershipException or OperationCanceledException))
        {
            await PaceAsync(++_losses, cancellation);
            throw;
        }

        await PaceAsync(++_losses, cancellation);
        return false;
    }
}
