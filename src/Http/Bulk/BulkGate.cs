namespace IdGenerator.Http.Bulk;

/// <summary>Bounds how many bulk requests run at once.</summary>
public sealed class BulkGate(int most)
{
    private int _running;

    /// <summary>Bulk requests that run now.</summary>
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
