namespace IdGenerator.Client;

/// <summary>
/// IDs that workers gave to bulks over several of them and that nobody got: they are lost, and never given out again. Thread-safe.
/// </summary>
internal sealed class DroppedIds
{
    private long _late;
    private long _astray;
    private long _unread;

    /// <summary>They came too late for the order, or got too old before they were read.</summary>
    public long Late => Volatile.Read(ref _late);

    /// <summary>Their worker's clock was too far from the others'.</summary>
    public long Astray => Volatile.Read(ref _astray);

    /// <summary>Fetched ahead, and the bulk had ended before they were read.</summary>
    public long Unread => Volatile.Read(ref _unread);

    public long Total => Late + Astray + Unread;

    public void Add(long late, long astray, long unread)
    {
        Interlocked.Add(ref _late, late);
        Interlocked.Add(ref _astray, astray);
        AddUnread(unread);
    }

    public void AddUnread(long count) => Interlocked.Add(ref _unread, count);
}
