using System.IO.Pipelines;

namespace IdGenerator.Silo;

/// <summary>Reads the calls of a connection while few of them are unanswered, and none of the answers waits to be sent.</summary>
internal sealed class PacedReader(PipeReader input, PacedWriter output, Action end, TimeProvider time) : PipeReader
{
    /// <summary>Bytes of a message. Calls of the worker grain take a few hundred.</summary>
    public const int MostMessage = 16 * 1_024;

    /// <summary>
    /// Calls that may be unanswered before no more are read. Those that the last read has brought come on top. A client whose
    /// answers take 1 ms gets 64,000 a second all the same.
    /// </summary>
    public const int MostCalls = 64;

    /// <summary>
    /// Some messages get no answer: the cancellation of a call, or a call that has expired. Where no answer has come for this
    /// time, none is waited for any more; without it, such messages would end the reading for good.
    /// </summary>
    public static readonly TimeSpan MostWait = TimeSpan.FromSeconds(1);

    private MessageCount _calls;
    private long _given;
    private long _heardAt = time.GetTimestamp();
    private ReadResult _last;

    public bool HasCalled => Volatile.Read(ref _given) > 0;

    public long HeardAt => Volatile.Read(ref _heardAt);

    // Of the calls, those that nothing is waited for.
    private long Settled { get; set; }

    private long Unanswered => _given - Settled - output.Answers;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        await output.Flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (Unanswered >= MostCalls && !output.IsCompleted)
        {
            var before = output.Answers;
            await output.AnsweredAsync(_given - Settled - (MostCalls / 2))
                .WaitAsync(MostWait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (output.Answers == before) Settled = _given - before;
        }

        _last = await input.ReadAsync(cancellationToken);
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        return _last;
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        if (!output.Flushing.IsCompleted || Unanswered >= MostCalls || !input.TryRead(out result)) return false;
        _last = result;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        foreach (var bytes in _last.Buffer.Slice(0, consumed)) _calls.Show(bytes.Span);
        Volatile.Write(ref _given, _calls.Messages);
        var isTooLong = _last.Buffer.Slice(consumed).Length > MostMessage;
        _last = default;
        input.AdvanceTo(consumed, examined);
        if (isTooLong) end();
    }

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);
}
