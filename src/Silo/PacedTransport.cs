using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Silo;

/// <summary>
/// The bytes of a client's connection, read no faster than it takes its answers. Orleans puts no bound on the answers that
/// wait for a connection; where no more requests are read, no more answers come. It also bounds the size of a message.
/// </summary>
internal sealed class PacedTransport(IDuplexPipe transport, Action<ConnectionAbortedException> abort) : IDuplexPipe
{
    private readonly PacedWriter _output = new(transport.Output);

    public PipeReader Input => field ??= new PacedReader(transport.Input, _output, abort);

    public PipeWriter Output => _output;

    private sealed class PacedReader(PipeReader input, PacedWriter output, Action<ConnectionAbortedException> abort) : PipeReader
    {
        /// <summary>Calls of the worker grain take a few hundred bytes.</summary>
        private const int MostMessage = 64 * 1_024;

        private ReadResult _last;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            await output.Flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return _last = await input.ReadAsync(cancellationToken);
        }

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            if (!output.Flushing.IsCompleted || !input.TryRead(out result)) return false;
            _last = result;
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            var isTooLong = _last.Buffer.Slice(consumed).Length > MostMessage;
            _last = default;
            input.AdvanceTo(consumed, examined);
            if (isTooLong) abort(new ConnectionAbortedException($"A message is longer than {MostMessage} bytes."));
        }

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => input.Complete(exception);
    }

    private sealed class PacedWriter(PipeWriter output) : PipeWriter
    {
        /// <summary>The last flush: it lasts as long as the client does not read.</summary>
        public Task Flushing { get; private set; } = Task.CompletedTask;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            var flush = output.FlushAsync(cancellationToken);
            if (flush.IsCompleted) return flush;
            var flushing = flush.AsTask();
            Flushing = flushing;
            return new(flushing);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

        public override void Advance(int bytes) => output.Advance(bytes);

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);
    }
}
