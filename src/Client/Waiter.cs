using System.Diagnostics;

namespace IdGenerator.Client;

/// <summary>A caller that waits for IDs. Whoever changes it holds the client's lock; the caller reads it when its task has ended.</summary>
// Continuations elsewhere: whoever brings the IDs has others to serve. Its task is one of its own for each call, so that a caller that
// awaits twice by mistake gets the same ID twice, and never somebody else's.
internal sealed class Waiter : TaskCompletionSource
{
    private readonly List<Part> _parts = new(1);

    public Waiter(int wanted, bool takesFewer, bool isLarge, long since, long deadline, ActivityContext caller)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        (Wanted, TakesFewer, IsLarge, Since, Deadline, Caller) = (wanted, takesFewer, isLarge, since, deadline, caller);
        Place = new(this);
    }

    /// <summary>Its place in a line; of no list where it does not wait any more.</summary>
    public LinkedListNode<Waiter> Place { get; }

    /// <summary>How many IDs, at least 1.</summary>
    public int Wanted { get; }

    /// <summary>Whether the caller goes on with any number from 1 on.</summary>
    public bool TakesFewer { get; }

    /// <summary>Whether the caller wants more IDs in all than one batch has.</summary>
    public bool IsLarge { get; }

    /// <summary>When the call began.</summary>
    public long Since { get; }

    /// <summary>When the caller is told that there are none.</summary>
    public long Deadline { get; }

    /// <summary>The caller's trace.</summary>
    public ActivityContext Caller { get; }

    public int Held { get; private set; }

    public int Missing => Wanted - Held;

    public bool IsServed => TakesFewer ? Held > 0 : Held == Wanted;

    public IEnumerable<IdRange> Ids => _parts.Select(part => part.Ids);

    public IdRange FirstIds => _parts[0].Ids;

    /// <summary>When the first of its IDs were asked for.</summary>
    public long AskedAt => _parts[0].AskedAt;

    /// <returns>How many IDs it took.</returns>
    public int Take(IdBatch batch)
    {
        if (!batch.TryTake(Missing, out var ids, out _)) return 0;
        _parts.Add(new(ids, batch.AskedAt));
        Held += ids.Count;
        return ids.Count;
    }

    /// <summary>Drops what was asked for before a time, but for the newest of it.</summary>
    /// <returns>How many IDs.</returns>
    public int DropBefore(long askedAt)
    {
        var dropped = 0;
        while (_parts.Count > 1 && _parts[0].AskedAt <= askedAt)
        {
            dropped += _parts[0].Ids.Count;
            _parts.RemoveAt(0);
        }

        Held -= dropped;
        return dropped;
    }

    private readonly record struct Part(IdRange Ids, long AskedAt);
}
