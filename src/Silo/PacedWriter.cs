using System.IO.Pipelines;

namespace IdGenerator.Silo;

/// <summary>Counts the answers of a connection, and tells whether the client takes them.</summary>
internal sealed class PacedWriter(PipeWriter output) : PipeWriter
{
    private readonly Lock _waiting = new();
    private MessageCount _written;
    private Memory<byte> _memory;
    private long _answers;
    private long _awaited = long.MaxValue;
    private TaskCompletionSource? _answered;

    /// <summary>The last flush: it lasts as long as the client does not read.</summary>
    public Task Flushing { get; private set; } = Task.CompletedTask;

    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>There will be no more answers.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Ends when there were so many answers, or there will be no more. One waits at a time.</summary>
    public Task AnsweredAsync(long count)
    {
        lock (_waiting)
        {
            if (IsCompleted || Answers >= count) return Task.CompletedTask;
            _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _awaited, count);
            // The last answer may have been written just before the writer could see that it is waited for.
            if (Answers >= count) _answered.SetResult();
            return _answered.Task;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = output.FlushAsync(cancellationToken);
        if (flush.IsCompleted) return flush;
        var flushing = flush.AsTask();
        Flushing = flushing;
        return new(flushing);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        _written.Show(_memory.Span[..bytes]);
        _memory = _memory[bytes..];
        output.Advance(bytes);
        if (Interlocked.Exchange(ref _answers, _written.Messages) != _written.Messages
            && _written.Messages >= Volatile.Read(ref _awaited)) EndWait();
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        lock (_waiting) IsCompleted = true;
        EndWait();
        output.Complete(exception);
    }

    private void EndWait()
    {
        lock (_waiting)
        {
            _awaited = long.MaxValue;
            _answered?.TrySetResult();
        }
    }
}
