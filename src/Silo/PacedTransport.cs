using System.IO.Pipelines;

namespace IdGenerator.Silo;

/// <summary>
/// The bytes of a client's connection, read no faster than its calls are answered and it takes the answers. Orleans begins
/// every call that it can read, and keeps every answer until it is sent. Where no more calls are read, the buffers of the
/// client fill, and it waits.
/// </summary>
internal sealed class PacedTransport : IDuplexPipe
{
    private readonly PacedReader _input;
    private readonly PacedWriter _output;

    /// <param name="transport">The connection.</param>
    /// <param name="end">Ends the connection: a message is longer than <see cref="PacedReader.MostMessage"/>.</param>
    /// <param name="time">Measures how long no answer has come.</param>
    public PacedTransport(IDuplexPipe transport, Action end, TimeProvider time)
    {
        _output = new(transport.Output);
        _input = new(transport.Input, _output, end, time);
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    /// <summary>The client has said who it is, and has called.</summary>
    public bool HasCalled => _input.HasCalled;

    /// <summary>When the last bytes came, as a timestamp of the time provider.</summary>
    public long HeardAt => _input.HeardAt;
}
