namespace IdGenerator.Leases;

/// <summary>
/// Somebody else's record, judged by when this process saw it change, on its own monotonic clock: never by the time stamps
/// in it, which come from another clock.
/// </summary>
internal sealed record Watch(string Version, long Since, TimeSpan Duration)
{
    public static Watch Begin(StoredLease found, TimeProvider time) =>
        new(found.Version, time.GetTimestamp(), found.Record.Duration);

    public bool SawLifeIn(StoredLease found) => found.Version != Version;

    public bool HasExpired(StoredLease found, TimeProvider time) =>
        !SawLifeIn(found) && time.GetElapsedTime(Since) >= Duration;
}
