using System.Globalization;
using System.Numerics;

namespace IdGenerator.Membership;

// How hundreds of silos that join at once share one document.
public sealed partial class MembershipTable
{
    /// <summary>
    /// Where more silos are joining than this, each waits for a slot of its own before it reads what it is going to write over. Orleans reads
    /// and writes whenever it likes to, one write of those that overlap is done, and all others have cost the store as much: beside a store
    /// whose answers take longer than the attempts come in none is done any more.
    /// </summary>
    private const int Crowd = 16;

    /// <summary>
    /// Waits for the next slot of this worker ID, where this silo joins and many others do. There are as many slots as worker IDs, and each is as long
    /// as it takes to read and write a document of so many rows: 22 ms for 32, 100 ms for 1,024, which come around in 103 s. The wall clocks
    /// of two silos may differ; then their slots overlap, and one of their writes may lose.
    /// </summary>
    private Task SlotAsync(CancellationToken cancellation)
    {
        if (leases is null || _hasJoined || Volatile.Read(ref _last) is not { } table) return Task.CompletedTask;
        if (table.Rows.Values.Count(row => row.Status == nameof(SiloStatus.Joining)) <= Crowd) return Task.CompletedTask;
        var highest = Math.Max(NumberOf(leases.Name), table.Rows.Values.Max(row => NumberOf(row.Name)));
        var wait = UntilSlot(time.GetUtcNow(), NumberOf(leases.Name), highest);
        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellation) : Task.CompletedTask;
    }

    /// <summary>Nothing within the slot.</summary>
    internal static TimeSpan UntilSlot(DateTimeOffset now, int worker, int highest)
    {
        var slots = (long)BitOperations.RoundUpToPowerOf2((uint)highest + 1);
        var length = TimeSpan.FromMilliseconds(20 + (slots * 80 / 1_024)).Ticks;
        var (slot, passed) = Math.DivRem(now.UtcTicks, length);
        var ahead = (worker - (slot % slots) + slots) % slots;
        return ahead == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((ahead * length) - passed);
    }

    /// <summary>Of <c>worker-17</c>, 17. Names of another kind share the first slot.</summary>
    private static int NumberOf(string name) =>
        int.TryParse(name.AsSpan(name.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1 << 20
            ? number
            : 0;
}
