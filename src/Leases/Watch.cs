namespace IdGenerator.Leases;

/// <summary>
/// Somebody else's record, judged by when this process saw it change, on its own monotonic clock: never by the time stamps
/// in it, which come from another clock. What it says counts, not its version: people label and annotate objects.
/// </summary>
internal sealed record Watch(LeaseRecord Record, long Since)
{
    public static Watch Begin(StoredLease found, TimeProvider time) => new(found.Record, time.GetTimestamp());

    public bool SawLifeIn(StoredLease found) => found.Record != Record;

    public bool HasExpired(StoredLease found, TimeProvider time) =>
        !SawLifeIn(found) && time.GetElapsedTime(Since) >= Record.Duration;

    /// <summary>Until the record is to be looked at again: once a second, and at the moment at which it expires.</summary>
    public TimeSpan UntilNextLook(TimeProvider time)
    {
        var left = Math.Ceiling((Record.Duration - time.GetElapsedTime(Since)).TotalMilliseconds);
        return left > 0 && left < LeaseOptions.WatchPeriod.TotalMilliseconds ? TimeSpan.FromMilliseconds(left) : LeaseOptions.WatchPeriod;
    }
}
