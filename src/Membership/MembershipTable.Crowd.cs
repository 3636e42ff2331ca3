namespace IdGenerator.Membership;

// How hundreds of silos that join at once share one document.
public sealed partial class MembershipTable
{
    /// <summary>Where more silos than this are joining, one that comes waits before it begins.</summary>
    private const int Crowd = 16;

    /// <summary>
    /// What each row adds to the longest wait. Writes that overlap cost the store as much as the one of them that is done, and a write costs the
    /// more, the more rows there are: of a thousand silos that try again every few seconds the answers take longer than the attempts come in, and
    /// none is done any more. Beside 1,024 rows this is up to 20 s, 40 s after the second loss; beside three, 60 ms.
    /// </summary>
    private static readonly TimeSpan PaceOfRow = TimeSpan.FromMilliseconds(20);

    // Writes of this silo that others came before, since the last one that was done.
    private int _losses;

    /// <summary>Waits for a random time. To be called where nobody else waits: not in a read, which Orleans needs to take up what others tell it.</summary>
    private Task PaceAsync(MembershipDocument table, int losses, CancellationToken cancellation)
    {
        LogConflict(losses);
        return Task.Delay(PaceOfRow * (Math.Max(1, LivingIn(table)) * Math.Clamp(losses, 1, 2) * Random.Shared.NextDouble()), time, cancellation);
    }

    /// <summary>After a write of this silo's own row, as Orleans joins with it: one that others came before is answered later.</summary>
    private async Task JoiningAsync(bool isDone, MembershipRow own, CancellationToken cancellation)
    {
        if (isDone)
        {
            _losses = 0;
            if (own.Status == nameof(SiloStatus.Active)) _hasJoined = true;
        }
        else if (Volatile.Read(ref _last) is { } table)
        {
            await PaceAsync(table, ++_losses, cancellation);
        }
    }
}
