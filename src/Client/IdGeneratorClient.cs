using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Client;

/// <inheritdoc/>
/// <remarks>
/// One batch is being handed out, without a lock; the next one is fetched when the first is half used. Whoever finds none waits in line. A
/// batch that gets too old is dropped, and the next ones are made smaller.
/// <para>
/// All that changes under the lock is here and in <see cref="WaitingLines"/>. One fetch runs at a time, on the thread pool and in nobody's
/// context, and brings what those in line want; it asks several workers where the first does not answer. Calls for more than one fetch brings
/// are in IdGeneratorClient.Many.cs.
/// </para>
/// </remarks>
internal sealed partial class IdGeneratorClient : IIdGenerator, IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly IdGeneratorClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClientInstruments _instruments;
    private readonly Workers _workers;
    private readonly BatchFetcher _fetcher;
    private readonly ManyWorkers _many;
    private readonly ITimer _deadlines;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly WaitingLines _lines;

    private IdBatch _current = IdBatch.Empty;
    private IdBatch? _next;
    private Lookahead _lookahead;
    private bool _isWantedAhead;
    private bool _isFetching;
    private Task _fetching = Task.CompletedTask;
    private bool _isDisposed;
    private long _received;
    private long _expired;
    private long _toldAt;

    public IdGeneratorClient(
        IGrainFactory grains, IdGeneratorClientOptions options, TimeProvider time, ILogger<IdGeneratorClient> logger, ClientInstruments instruments)
    {
        (_options, _time, _logger, _instruments) = (options, time, logger, instruments);
        _lookahead = new(options.MaxBatch);
        _lines = new(options.MaxBatch, options.MaxAge, time);
        _workers = new(time, logger);
        var calls = new WorkerCalls(grains, _workers, options, instruments, time);
        var list = new WorkerList(grains, _workers, options, time);
        _fetcher = new(calls, list, _workers, options, time);
        _many = new(calls, list, _workers, options, time, _stop.Token);
        _deadlines = NobodysContext.Run(() => time.CreateTimer(static self => ((IdGeneratorClient)self!).TellExpired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        instruments.Add(this);
    }

    /// <summary>It was disposed, and nobody reads what it gave any more: <see cref="Totals"/> stay as they are.</summary>
    public bool IsOver
    {
        get { lock (_lock) return _isDisposed && _lines.Streamed == 0 && _many.IsIdle; }
    }

    /// <summary>Workers that are avoided at the moment, and why.</summary>
    public IReadOnlyList<WorkerProblem> Problems => _workers.Problems;

    public ClientTotals Totals
    {
        get
        {
            lock (_lock)
            {
                var expired = _expired + _lines.Dropped;
                var atHand = _current.Left + (_next?.Left ?? 0) + _lines.Held + _lines.Streamed;
                return new(_received - expired - atHand, expired + _many.Dropped, _lines.Count + _many.Waiters);
            }
        }
    }

    public bool TryNext(out long id)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        id = 0;
        if (!TryTake(1, out var ids) && !TryTakeNext(out ids)) return false;
        id = ids[0];
        return true;
    }

    public ValueTask<long> NextAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<long>(cancellation);
        return TryTake(1, out var ids) ? new(ids[0]) : new(WaitForOneAsync(cancellation));
    }

    public ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<long[]>(cancellation);
        if (count == 0) return new([]);
        var result = new long[count];
        if (!TryTake(count, out var ids)) return new(WaitForAllAsync(result, cancellation));
        ids.CopyTo(result);
        return new(result);
    }

    public ValueTask FillAsync(Memory<long> destination, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled(cancellation);
        if (destination.IsEmpty) return ValueTask.CompletedTask;
        if (!TryTake(destination.Length, out var ids)) return new(FillSlowlyAsync(destination, cancellation));
        ids.CopyTo(destination.Span);
        return ValueTask.CompletedTask;
    }

    public IAsyncEnumerable<long> StreamAsync(long count, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return OneByOneAsync(count, cancellation);
    }

    /// <summary>Ends what is being fetched, and all waits, with <see cref="ObjectDisposedException"/>. May be called any number of times.</summary>
    public void Dispose()
    {
        List<Waiter> waiters;
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            waiters = RemoveAll();
            Retire(_current);
            if (_next is not null) Retire(_next);
            (_current, _next) = (IdBatch.Empty, null);
        }

        _deadlines.Dispose();
        _stop.Cancel();
        foreach (var waiter in waiters) waiter.TrySetException(Disposed());
    }

    /// <summary>As <see cref="Dispose"/>, and waits until nothing of it runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _fetching.ConfigureAwait(false);
    }

    private bool TryTake(int count, out IdRange ids)
    {
        var batch = Volatile.Read(ref _current);
        if (!IsFresh(batch.AskedAt) || !batch.TryTakeAll(count, out ids, out var crossesHalf))
        {
            ids = default;
            return false;
        }

        if (crossesHalf && batch.Count > 1) FetchAhead();
        return true;
    }

    private bool TryTakeNext(out IdRange ids)
    {
        lock (_lock)
        {
            ids = default;
            if (_isDisposed || _lines.Count > 0) return false;
            if (_next is { } next)
            {
                Retire(_current);
                _next = null;
                Volatile.Write(ref _current, next);
                if (TryTake(1, out ids)) return true;
            }

            FetchAhead();
            return false;
        }
    }

    private async Task<long> WaitForOneAsync(CancellationToken cancellation) =>
        (await WaitAsync(1, takesFewer: false, isLarge: false, _time.GetTimestamp(), cancellation).ConfigureAwait(false)).FirstIds[0];

    private async Task<long[]> WaitForAllAsync(long[] result, CancellationToken cancellation)
    {
        await FillSlowlyAsync(result, cancellation).ConfigureAwait(false);
        return result;
    }

    /// <summary>Waits in line. The task of the waiter that is returned has ended well.</summary>
    private async Task<Waiter> WaitAsync(int count, bool takesFewer, bool isLarge, long since, CancellationToken cancellation)
    {
        var deadline = since + (long)(_options.GiveUpAfter.TotalSeconds * _time.TimestampFrequency);
        var waiter = new Waiter(count, takesFewer, isLarge, since, deadline, _instruments.Caller());
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _lines.Add(waiter);
            ServeFromHand();
            if (!waiter.Task.IsCompleted)
            {
                if (_lines.FirstDeadline == deadline) AwaitDeadline();
                EnsureFetching();
            }
        }

        using (cancellation.UnsafeRegister((_, token) => Leave(waiter, token), null)) await waiter.Task.ConfigureAwait(false);
        return waiter;
    }

    private void Leave(Waiter waiter, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_lines.Remove(waiter)) return;
        }

        waiter.TrySetCanceled(cancellation);
    }

    private List<Waiter> RemoveAll()
    {
        List<Waiter> waiters = [.. _lines.All];
        waiters.ForEach(waiter => _lines.Remove(waiter));
        return waiters;
    }

    private void AwaitDeadline()
    {
        if (_isDisposed || _lines.FirstDeadline is not { } deadline) return;
        var due = _time.GetElapsedTime(_time.GetTimestamp(), deadline);
        // A tick late rather than early, because an early one would find nobody to tell.
        _deadlines.Change(due > TimeSpan.Zero ? due + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void TellExpired()
    {
        IReadOnlyList<Waiter> expired;
        lock (_lock)
        {
            expired = _lines.Expire(_time.GetTimestamp());
            AwaitDeadline();
        }

        if (expired.Count == 0) return;
        foreach (var waiter in expired)
        {
            waiter.TrySetException(waiter.Held == 0
                ? _workers.Unavailable($"No worker had IDs for {_options.GiveUpAfter.TotalSeconds:0.###} s:")
                : _workers.Unavailable($"Of {waiter.Wanted} IDs only {waiter.Held} could be had within the maximum age of {_options.MaxAge.TotalSeconds:0.###} s:"));
        }

        // At most once a second: with a thousand callers the log would say nothing else.
        if (_toldAt != 0 && _time.GetElapsedTime(_toldAt) < OneSecond) return;
        _toldAt = _time.GetTimestamp();
        try
        {
            LogGaveUp(expired.Count, _options.GiveUpAfter.TotalSeconds, expired[0].Task.Exception!.InnerException!.Message);
        }
        catch (AggregateException)
        {
            // A log that throws: on the thread of a timer it would end the process.
        }
    }

    private bool IsFresh(long askedAt) => _time.GetElapsedTime(askedAt) < _options.MaxAge;

    private void Retire(IdBatch batch)
    {
        if (batch.Count == 0) return;
        var unused = batch.TakeRest().Count;
        _expired += unused;
        if (unused == 0) _lookahead.WereUsed();
        else _lookahead.WereTooOld(unused);
    }

    private static ObjectDisposedException Disposed() => new(typeof(IIdGenerator).FullName);

    [LoggerMessage(3, LogLevel.Error, "{Callers} callers got no IDs for {Seconds} s and were told so. {Problem}")]
    private partial void LogGaveUp(int callers, double seconds, string problem);
}
