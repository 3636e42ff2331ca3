using IdGenerator.Snowflake;

namespace IdGenerator.Grains;

/// <summary>
/// Requests that one grain call will serve: those that come in while the calls before are in flight, and no more than one call can
/// serve.
/// </summary>
/// <param name="previous">Ends when the calls before have.</param>
internal sealed class Gathering(Task previous)
{
    private const int Closed = int.MinValue;

    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Continuations elsewhere: each goes on to serve an HTTP request, and they should do so on all cores.
    private readonly TaskCompletionSource<Reservation> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _wanted;
    private int _isLed;

    public Task Previous => previous;

    /// <summary>Ends when somebody found no room in it.</summary>
    public Task Filled => _filled.Task;

    /// <summary>Ends when this call and those before have.</summary>
    public Task All => Task.WhenAll(previous, Outcome);

    /// <summary>What the grain answered. Who joined owns the part of it that begins at the offset it was told.</summary>
    public Task<Reservation> Outcome => _outcome.Task;

    /// <param name="count">How many IDs are wanted.</param>
    /// <param name="offset">Where in the outcome they begin.</param>
    /// <returns>Whether there was room, and time.</returns>
    public bool TryJoin(int count, out int offset)
    {
        while (true)
        {
            offset = Volatile.Read(ref _wanted);
            if (offset < 0 || offset + count > SlotWindow.Capacity) return false;
            if (Interlocked.CompareExchange(ref _wanted, offset + count, offset) == offset) return true;
        }
    }

    public void Fill() => _filled.TrySetResult();

    /// <returns>True for one caller, who has to make the call.</returns>
    public bool TryLead() => Interlocked.Exchange(ref _isLed, 1) == 0;

    /// <summary>Nobody can join any more.</summary>
    /// <returns>How many IDs are wanted in all.</returns>
    public int Close() => Interlocked.Exchange(ref _wanted, Closed);

    public void Complete(Reservation reservation) => _outcome.SetResult(reservation);

    public void Fail(Exception exception) => _outcome.SetException(exception);
}
