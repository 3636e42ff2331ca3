using System.Net;
using System.Net.Sockets;

namespace IdGenerator.Hostile.Wire;

/// <summary>A bare connection, read as strictly as HTTP/1.1 is written (RFC 9112).</summary>
internal sealed class Connection : IDisposable
{
    private const int MostHeadBytes = 64 * 1_024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1_024];
    private int _start;
    private int _end;

    private Connection(Socket socket) => _socket = socket;

    public Socket Socket => _socket;

    /// <summary>Bytes came that no answer was expected to have.</summary>
    public bool HasMore => _end > _start || _socket.Available > 0;

    /// <summary>The server has closed it, and nothing is left to read.</summary>
    public bool HasEnded => _socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && _socket.Available == 0;

    /// <param name="server">Where to.</param>
    /// <param name="receiveBuffer">The kernel's buffer for what is not read yet; 0 for the usual one.</param>
    public static async Task<Connection> OpenAsync(IPEndPoint server, int receiveBuffer = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await socket.ConnectAsync(server, patience.Token);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A connection over a socket that has been used: all that came must have been read.</summary>
    public static Connection Over(Socket socket) => new(socket);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>The client says no more, and still listens.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset. It leaves no port behind that waits to be used again.</summary>
    public void Dispose()
    {
        try
        {
            _socket.LingerState = new(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        _socket.Dispose();
    }

    /// <summary>Reads an answer whole; null where the connection was closed instead.</summary>
    /// <param name="isHead">It has no body, whatever it says.</param>
    /// <param name="isOld">It answers HTTP/1.0, where a body may end with the connection.</param>
    public async Task<Answer?> ReadAsync(bool isHead, bool isOld = false)
    {
        if (await ReadHeadAsync() is not { } head) return null;
        using var body = new MemoryStream();
        await ReadBodyAsync(head, isHead, piece => body.Write(piece.Span), isOld);
        return head with { Body = body.ToArray() };
    }

    /// <summary>Reads up to the body of a final answer; null where the connection was closed instead.</summary>
    public async Task<Answer?> ReadHeadAsync()
    {
        while (true)
        {
            if (await ReadLineAsync(isFirst: true) is not { } statusLine) return null;
            if (!statusLine.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || statusLine.Length < 13 || statusLine[12] != ' '
                || !int.TryParse(statusLine.AsSpan(9, 3), out var status))
            {
                throw new BrokenAnswerException($"no status line: {Bytes.Escape(Bytes.Of(statusLine), 100)}");
            }

            var headers = new List<(string, string)>();
            while (await ReadLineAsync() is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0 || line[colon - 1] is ' ' or '\t') throw new BrokenAnswerException($"no header: {line}");
                headers.Add((line[..colon], line[(colon + 1)..].Trim()));
            }

            if (status >= 200) return new(status, headers);
        }
    }

    /// <summary>Reads the body that belongs to <paramref name="head"/>, piece by piece.</summary>
    public async Task ReadBodyAsync(Answer head, bool isHead, Action<ReadOnlyMemory<byte>> take, bool isOld = false)
    {
        var length = head.Header("Content-Length");
        var coding = head.Header("Transfer-Encoding");
        if (length is not null && coding is not null) throw new BrokenAnswerException("both Content-Length and Transfer-Encoding");
        if (isHead || head.Status is 204 or 304) return;

        if (coding is not null)
        {
            if (coding != "chunked") throw new BrokenAnswerException($"Transfer-Encoding: {coding}");
            await ReadChunksAsync(take);
        }
        else if (length is null && isOld && head.Closes) await ReadToEndAsync(take);
        else if (length is null) throw new BrokenAnswerException("an answer without a length");
        else if (!long.TryParse(length, out var bytes) || bytes < 0) throw new BrokenAnswerException($"Content-Length: {length}");
        else await ReadExactlyAsync(bytes, take);
    }

    /// <summary>Waits for the server to close the connection.</summary>
    /// <returns>False where it sent something instead.</returns>
    public async Task<bool> ClosesAsync()
    {
        try
        {
            return _end == _start && !await FillAsync();
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private async Task ReadChunksAsync(Action<ReadOnlyMemory<byte>> take)
    {
        while (true)
        {
            var line = (await ReadLineAsync())!;
            if (!long.TryParse(line, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var size))
                throw new BrokenAnswerException($"no chunk size: {Bytes.Escape(Bytes.Of(line), 100)}");
            if (size > 0) await ReadExactlyAsync(size, take);
            if (await ReadLineAsync() is not "") throw new BrokenAnswerException("a chunk without an end");
            if (size == 0) return;
        }
    }

    private async Task ReadExactlyAsync(long bytes, Action<ReadOnlyMemory<byte>> take)
    {
        while (bytes > 0)
        {
            if (_start == _end && !await FillAsync()) throw new BrokenAnswerException($"closed {bytes} bytes before the end", isCut: true);
            var count = (int)Math.Min(bytes, _end - _start);
            take(_buffer.AsMemory(_start, count));
            _start += count;
            bytes -= count;
        }
    }

    private async Task ReadToEndAsync(Action<ReadOnlyMemory<byte>> take)
    {
        do
        {
            take(_buffer.AsMemory(_start, _end - _start));
            _start = _end;
        }
        while (await FillAsync());
    }

    private async Task<string?> ReadLineAsync(bool isFirst = false)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                var line = Bytes.Text(_buffer.AsSpan(_start, end));
                _start += end + 2;
                return line;
            }

            if (_end - _start >= MostHeadBytes) throw new BrokenAnswerException("a line without an end");
            if (await FillAsync()) continue;
            if (isFirst && _start == _end) return null;
            throw new BrokenAnswerException($"closed within a line: {Bytes.Escape(_buffer.AsSpan(_start, _end - _start), 100)}", isCut: true);
        }
    }

    private async Task<bool> FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        // A server that is always quicker must not keep this client's threads to one connection.
        await Task.Yield();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), patience.Token);
            _end += read;
            return read > 0;
        }
        catch (OperationCanceledException)
        {
            throw new BrokenAnswerException($"nothing came for {Patience.TotalSeconds:0} s");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }
}
