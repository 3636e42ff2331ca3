namespace IdGenerator.Grains;

/// <summary>How many IDs this worker has given to bulks of other workers' gateways and of clients. Thread-safe.</summary>
public sealed class GivenIds
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    internal void Add(int count) => Interlocked.Add(ref _count, count);
}
