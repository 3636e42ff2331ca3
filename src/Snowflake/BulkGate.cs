namespace IdGenerator.Snowflake;

/// <summary>Bounds how many bulk requests a worker answers at once: those of its own gateway, and calls for those of others.</summary>
public sealed class BulkGate(int most)
{
    private int _running;

    /// <summary>Bulk requests and calls that run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <returns>False where as many run as may; else a call of <see cref="Leave"/> must follow.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _running) <= most) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _running);
}
