using System.Diagnostics.CodeAnalysis;
using IdGenerator.Gateway.Observability;

namespace IdGenerator.Gateway.Connections;

/// <summary>
/// Places at Kestrel. A connection there may hold its request, its answer and what Kestrel makes of them, a hundred times
/// what an idle connection takes, so they are few. Where one is wanted and none is free, a connection that is idle gives up
/// its place and stays open without Kestrel; where all have requests, the one whose client has kept it waiting longest is
/// closed, if that is long.
/// </summary>
internal sealed class Places : IDisposable
{
    /// <summary>Shorter would cut off clients over slow lines; longer would keep others waiting.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<Client> _holders = [];
    private readonly Queue<(Client Client, TaskCompletionSource Entered)> _waiting = new();
    private readonly Lock _lock = new();
    private readonly int _most;
    private readonly Refusals _refusals;
    private readonly TimeProvider _time;
    private readonly ITimer _retry;
    private volatile bool _areWanted;

    public Places(ConnectionLimits limits, Refusals refusals, TimeProvider time)
    {
        (_most, _refusals, _time) = (limits.Kestrels, refusals, time);
        _retry = time.CreateTimer(static places => ((Places)places!).MakeRoom(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Taken
    {
        get
        {
            lock (_lock) return _holders.Count;
        }
    }

    /// <summary>Whether somebody waits for one: who does not need his gives it up.</summary>
    public bool AreWanted => _areWanted;

    /// <summary>Waits for a place; <see cref="Leave"/> must follow.</summary>
    public ValueTask EnterAsync(Client client)
    {
        TaskCompletionSource entered;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _holders.Count < _most)
            {
                _holders.Add(client);
                return default;
            }

            entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((client, entered));
            _areWanted = true;
            if (_waiting.Count == 1) _retry.Change(Retry, Retry);
            MakeRoom(1);
        }

        return new(entered.Task);
    }

    public void Leave(Client client)
    {
        lock (_lock)
        {
            _holders.Remove(client);
            while (_holders.Count < _most && _waiting.TryDequeue(out var next))
            {
                _holders.Add(next.Client);
                next.Entered.SetResult();
            }

            if (_waiting.Count > 0 || !_areWanted) return;
            _areWanted = false;
            _retry.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _retry.Dispose();

    private void MakeRoom()
    {
        lock (_lock) MakeRoom(_waiting.Count);
    }

    private void MakeRoom(int wanted)
    {
        // Copies: those that are closed leave.
        foreach (var client in _holders.Where(IsIdle).OrderBy(client => client.Since).Take(wanted).ToList())
        {
            client.Kestrels!.GiveUp();
            wanted--;
        }

        foreach (var client in _holders.Where(IsSlow).OrderBy(client => client.Since).Take(wanted).ToList())
        {
            _refusals.Count(Refusal.Slow);
            client.Close();
        }
    }

    private static bool IsIdle(Client client) => client.Kestrels is { IsIdle: true };

    private bool IsSlow(Client client) => client.IsWaitedFor && !IsIdle(client) && _time.GetElapsedTime(client.Since) >= Slow;
}
