using System.Collections.Concurrent;
using IdGenerator.Gateway.Observability;

namespace IdGenerator.Gateway.Connections;

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

    /// <summary>Closes the client that was waited for longest.</summary>
    public bool TryCloseIdle()
    {
        lock (_finding)
        {
            if (!TryCloseFound())
            {
                Find();
                if (!TryCloseFound()) return false;
            }
        }

        refusals.Count(Refusal.Idle);
        return true;
    }

    private bool TryCloseFound()
    {
        while (_longestIdle.TryDequeue(out var found))
        {
            // It may have got on since, or ended.
            if (!found.Client.IsWaitedFor || found.Client.Since != found.Since || !_all.ContainsKey(found.Client)) continue;
            found.Client.Dismiss();
            return true;
        }

        return false;
    }

    private void Find()
    {
        var longest = new PriorityQueue<(Client, long), long>();
        foreach (var (client, _) in _all)
        {
            if (!client.IsWaitedFor) continue;
            var since = client.Since;
            // The one at its head is the least long idle of those that are kept.
            if (longest.Count < Found) longest.Enqueue((client, since), -since);
            else longest.EnqueueDequeue((client, since), -since);
        }

        var found = new List<(Client, long)>(longest.Count);
        while (longest.TryDequeue(out var next, out _)) found.Add(next);
        for (var index = found.Count - 1; index >= 0; index--) _longestIdle.Enqueue(found[index]);
    }
}
