using System.Collections.Concurrent;
using IdGenerator.Http.Observability;

namespace IdGenerator.Http.Connections;

/// <summary>All clients that are connected, no more than may be.</summary>
internal sealed class Clients(ConnectionLimits limits, Refusals refusals)
{
    /// <summary>To look through all connections takes a while: that many of the longest idle are found at a time.</summary>
    private const int Found = 64;

    private readonly ConcurrentDictionary<Client, bool> _all = new();
    private readonly Queue<(Client Client, long Since)> _longestIdle = new();
    private readonly Lock _finding = new();
    private int _open;

    public int Open => Volatile.Read(ref _open);

    /// <summary>Whether those that were to make room have ended, all but a few.</summary>
    public bool MayAccept => Open < limits.Connections + ConnectionLimits.Ending;

    /// <summary>Whether Kestrel has nothing more to answer.</summary>
    public bool AreAnswered => _all.All(pair => pair.Key.Kestrels is not { IsIdle: false });

    /// <returns>Whether there was room, or some could be made.</returns>
    public bool TryAdd(Client client)
    {
        if (Interlocked.Increment(ref _open) > limits.Connections && !TryCloseIdle())
        {
            Interlocked.Decrement(ref _open);
            return false;
        }

        _all.TryAdd(client, true);
        return true;
    }

    public void Remove(Client client)
    {
        if (_all.TryRemove(client, out _)) Interlocked.Decrement(ref _open);
    }

    /// <summary>Closes the client that was waited for longest; where none is, one that has been served and waits again.</summary>
    public bool TryCloseIdle()
    {
        lock (_finding)
        {
            if (!TryCloseFound(isFresh: false))
            {
                Find();
                if (!TryCloseFound(isFresh: true)) return false;
            }
        }

        refusals.Count(Refusal.Idle);
        return true;
    }

    private bool TryCloseFound(bool isFresh)
    {
        while (_longestIdle.TryDequeue(out var found))
        {
            // It may have got on since, or be about to, or have ended.
            var (client, since) = found;
            if (!MayBeClosed(client) || (!client.HasAsked && client.HasSent) || !_all.ContainsKey(client)) continue;
            if (!isFresh && client.Since != since) continue;
            client.IsWaitedFor = client.IsQueued = false;
            client.Dismiss();
            return true;
        }

        return false;
    }

    private static bool MayBeClosed(Client client) => client.IsWaitedFor || (client.IsQueued && client.HasHadPlace);

    private void Find()
    {
        // The one at its head is the last to be closed of those that are kept: one that waits itself, then one that is in the middle
        // of an answer, then the least long idle.
        var longest = new PriorityQueue<(Client, long), (int, long)>();
        foreach (var (client, _) in _all)
        {
            if (!MayBeClosed(client)) continue;
            var since = client.Since;
            var priority = client.IsQueued ? (0, since) : (client.IsInBetween ? 1 : 2, -since);
            if (longest.Count < Found) longest.Enqueue((client, since), priority);
            else longest.EnqueueDequeue((client, since), priority);
        }

        var found = new List<(Client, long)>(longest.Count);
        while (longest.TryDequeue(out var next, out _)) found.Add(next);
        for (var index = found.Count - 1; index >= 0; index--) _longestIdle.Enqueue(found[index]);
    }
}
