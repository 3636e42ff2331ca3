using IdGenerator.Http.Observability;

namespace IdGenerator.Http.Connections;

/// <summary>
/// Places at Kestrel. A connection there may hold its request, its answer and what Kestrel makes of them, a hundred times
/// what an idle connection takes, so they are few. Where one is wanted and none is free, a connection that is idle gives up
/// its place and stays open without Kestrel; where all have requests, the one whose client has kept it waiting longest is
/// closed, if that is long.
/// </summary>
internal sealed class Places : IDisposable
{
    /// <summary>Shorter would cut off clients over slow lines; longer would keep others waiting.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    /// <summary>One in so many places that get free is for a slow request, so that many quick ones do not hold it up for ever.</summary>
    private const int SlowTurn = 4;

    /// <summary>To look at all holders takes as long as a few requests, so each newcomer does not do so.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly HashSet<Client> _holders = [];

    // What asks for many IDs waits for the worker to have them: a thousand such requests, a second. The others take microseconds.
    private readonly Queue<(Client Client, TaskCompletionSource<bool> Entered)> _quick = new();
    private readonly Queue<(Client Client, TaskCompletionSource<bool> Entered)> _slow = new();
    private readonly Lock _lock = new();
    private readonly int _most;
    private readonly Refusals _refusals;
    private readonly TimeProvider _time;
    private readonly ITimer _retry;
    private volatile bool _areWanted;
    private int _turn;

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

    /// <summary>Waits for a place.</summary>
    /// <param name="client">Who wants it.</param>
    /// <param name="request">The beginning of what it asks for.</param>
    /// <returns>Whether it has got one, and <see cref="Leave"/> must follow; not where the client has left.</returns>
    public ValueTask<bool> EnterAsync(Client client, ReadOnlySpan<byte> request)
    {
        if (client.IsGone) return new(false);
        TaskCompletionSource<bool> entered;
        lock (_lock)
        {
            if (Waiting == 0 && _holders.Count < _most)
            {
                Begin(client);
                return new(true);
            }

            client.IsQueued = true;
            entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            (IsQuick(request) ? _quick : _slow).Enqueue((client, entered));
            _areWanted = true;
            if (Waiting == 1)
            {
                _retry.Change(Interval, Interval);
                MakeRoom(1);
            }
        }

        return new(entered.Task);
    }

    public void Leave(Client client)
    {
        lock (_lock)
        {
            _holders.Remove(client);
            while (_holders.Count < _most && TryTakeNext(out var next))
            {
                var isThere = !next.Client.IsGone;
                if (isThere) Begin(next.Client);
                next.Entered.SetResult(isThere);
            }

            if (Waiting > 0 || !_areWanted) return;
            _areWanted = false;
            _retry.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _retry.Dispose();

    private int Waiting => _quick.Count + _slow.Count;

    private bool TryTakeNext(out (Client Client, TaskCompletionSource<bool> Entered) next) => ++_turn % SlowTurn != 0
        ? _quick.TryDequeue(out next) || _slow.TryDequeue(out next)
        : _slow.TryDequeue(out next) || _quick.TryDequeue(out next);

    // A request that has not come in whole may keep its place waiting for the rest.
    private static bool IsQuick(ReadOnlySpan<byte> request) =>
        request.IndexOf("\r\n\r\n"u8) >= 0
        && request.IndexOf((byte)' ') is >= 0 and var space && !request[(space + 1)..].StartsWith("/ids/"u8);

    // What it waited for until now was not its client's fault.
    private void Begin(Client client)
    {
        _holders.Add(client);
        client.HasHadPlace = true;
        client.IsQueued = client.IsWaitedFor = client.IsLeavingPlace = false;
        client.Since = _time.GetTimestamp();
    }

    private void MakeRoom()
    {
        lock (_lock) MakeRoom(Waiting);
    }

    private void MakeRoom(int wanted)
    {
        var waitedFor = _holders.Where(client => client.IsWaitedFor).OrderBy(client => client.Since).ToLookup(IsIdle);
        foreach (var client in waitedFor[true].Take(wanted))
        {
            client.IsLeavingPlace = true;
            client.Kestrels?.GiveUp();
            wanted--;
        }

        foreach (var client in waitedFor[false].Where(IsSlow).Take(wanted))
        {
            _refusals.Count(Refusal.Slow);
            client.IsWaitedFor = false;
            client.Reset();
        }
    }

    private static bool IsIdle(Client client) => client.Kestrels is { IsIdle: true };

    // Leaving takes a while on a busy machine, which is not the client's fault.
    private bool IsSlow(Client client) => !client.IsLeavingPlace && _time.GetElapsedTime(client.Since) >= Slow;
}
