using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace IdGenerator.Gateway.FastPath;

/// <summary>Makes connections for Kestrel of sockets from which some bytes have been read.</summary>
internal sealed class HandOver(SocketTransportOptions options, MemoryPool<byte> memory, ILogger logger) : IDisposable
{
    private readonly SocketConnectionContextFactory _factory =
        new(new() { IOQueueCount = options.IOQueueCount }, logger);

    public ConnectionContext Wrap(Socket socket, ReadOnlySpan<byte> alreadyRead)
    {
        var connection = _factory.Create(socket);
        // Kestrel counts on blocks of 4 KiB, which only its own transport brings with it.
        connection.Features.Set<IMemoryPoolFeature>(new Blocks(memory));

        var transport = connection.Transport;
        var input = new Pipe(new(memory, useSynchronizationContext: false));
        input.Writer.Write(alreadyRead);
        connection.Transport = new Duplex(input.Reader, transport.Output);
        _ = PumpAsync(transport.Input, input.Writer);
        return connection;
    }

    public void Dispose()
    {
        _factory.Dispose();
        memory.Dispose();
    }

    private static async Task PumpAsync(PipeReader from, PipeWriter to)
    {
        Exception? problem = null;
        try
        {
            await to.FlushAsync();
            await from.CopyToAsync(to);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            problem = e; // The connection was reset or aborted: for Kestrel to see.
        }

        await to.CompleteAsync(problem);
        await from.CompleteAsync();
    }

    private sealed record Blocks(MemoryPool<byte> MemoryPool) : IMemoryPoolFeature;

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
