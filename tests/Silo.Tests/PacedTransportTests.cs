using System.Buffers;
using System.IO.Pipelines;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>The connection of an Orleans client, without Orleans: the tests are the client, and what Orleans does with the bytes.</summary>
public sealed class PacedTransportTests
{
    private const int UnreadAnswers = 4_096;

    // Little fits between Orleans and the client, as in the sockets that the silo listens with.
    private readonly Pipe _toSilo = new();
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: UnreadAnswers, resumeWriterThreshold: 1));
    private readonly FakeTimeProvider _time = new();
    private readonly PacedTransport _transport;
    private bool _hasEnded;

    public PacedTransportTests()
    {
        _transport = new(new Duplex(_toSilo.Reader, _toClient.Writer), () => _hasEnded = true, _time);
        Preamble(_toSilo.Writer);
        Preamble(_transport.Output);
    }

    [Fact]
    public async Task Calls_are_read_while_few_are_unanswered()
    {
        await CallAsync(PacedReader.MostCalls - 1);
        Assert.True(await ReadAsync());

        await CallAsync(1);

        Assert.True(await ReadAsync());
    }

    [Fact]
    public async Task No_more_calls_are_read_while_many_are_unanswered()
    {
        await CallAsync(PacedReader.MostCalls);
        Assert.True(await ReadAsync());

        await CallAsync(1);

        Assert.False(await ReadAsync());
    }

    [Fact]
    public async Task Answers_let_calls_be_read_again()
    {
        await CallAsync(PacedReader.MostCalls);
        await ReadAsync();
        await CallAsync(1);
        var read = _transport.Input.ReadAsync();
        Assert.False(read.IsCompleted);

        await AnswerAsync(PacedReader.MostCalls / 2);

        Assert.False((await read).Buffer.IsEmpty);
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_not_waited_for_for_good()
    {
        await CallAsync(PacedReader.MostCalls);
        await ReadAsync();
        await CallAsync(1);
        var read = _transport.Input.ReadAsync();

        _time.Advance(PacedReader.MostWait);

        Assert.False((await read).Buffer.IsEmpty);
    }

    [Fact]
    public async Task No_calls_are_read_while_the_client_does_not_take_its_answers()
    {
        await CallAsync(1);
        await ReadAsync();
        var flush = AnswerAsync(1, UnreadAnswers);
        await CallAsync(1);
        var read = _transport.Input.ReadAsync();
        Assert.False(read.IsCompleted);

        var answers = await _toClient.Reader.ReadAsync();
        _toClient.Reader.AdvanceTo(answers.Buffer.End);

        await flush;
        Assert.False((await read).Buffer.IsEmpty);
    }

    [Fact]
    public async Task Reading_goes_on_where_there_will_be_no_more_answers()
    {
        await CallAsync(PacedReader.MostCalls);
        await ReadAsync();
        await CallAsync(1);
        var read = _transport.Input.ReadAsync();

        await _transport.Output.CompleteAsync();

        Assert.False((await read).Buffer.IsEmpty);
    }

    [Theory]
    [InlineData(PacedReader.MostMessage - 8, false)]
    [InlineData(PacedReader.MostMessage, true)]
    public async Task A_message_that_is_too_long_ends_the_connection(int received, bool ends)
    {
        await ReadPreambleAsync();
        Message(_toSilo.Writer, 1_000_000, received);
        await _toSilo.Writer.FlushAsync();

        await ReadAsync(consumes: false);

        Assert.Equal(ends, _hasEnded);
    }

    [Fact]
    public async Task Messages_are_counted_wherever_the_network_cuts_them()
    {
        await ReadPreambleAsync();
        var bytes = new ArrayBufferWriter<byte>();
        for (var i = 0; i < PacedReader.MostCalls - 1; i++) Message(bytes, 5, 5);
        foreach (var letter in bytes.WrittenMemory.ToArray())
        {
            await _toSilo.Writer.WriteAsync(new[] { letter });
            Assert.True(await ReadAsync());
        }

        await CallAsync(1);
        Assert.True(await ReadAsync());
        await CallAsync(1);

        Assert.False(await ReadAsync());
    }

    [Fact]
    public async Task A_client_has_called_after_its_first_message()
    {
        await ReadPreambleAsync();
        Assert.False(_transport.HasCalled);

        await CallAsync(1);
        await ReadAsync();

        Assert.True(_transport.HasCalled);
    }

    private async Task ReadPreambleAsync()
    {
        await _toSilo.Writer.FlushAsync();
        await ReadAsync();
    }

    private async Task CallAsync(int count)
    {
        for (var i = 0; i < count; i++) Message(_toSilo.Writer, 100, 100);
        await _toSilo.Writer.FlushAsync();
    }

    private Task<FlushResult> AnswerAsync(int count, int length = 8)
    {
        for (var i = 0; i < count; i++) Message(_transport.Output, length, length);
        return _transport.Output.FlushAsync().AsTask();
    }

    /// <summary>Reads what there is, as Orleans does; false where it has to wait.</summary>
    private async Task<bool> ReadAsync(bool consumes = true)
    {
        var read = _transport.Input.ReadAsync();
        if (!read.IsCompleted) return false;
        var buffer = (await read).Buffer;
        _transport.Input.AdvanceTo(consumes ? buffer.End : buffer.Start, buffer.End);
        return true;
    }

    private static void Preamble(IBufferWriter<byte> output)
    {
        output.Write(BitConverter.GetBytes(10));
        output.Write(new byte[10]);
    }

    private static void Message(IBufferWriter<byte> output, int length, int written)
    {
        output.Write(BitConverter.GetBytes(length));
        output.Write(BitConverter.GetBytes(0));
        output.Write(new byte[written]);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
