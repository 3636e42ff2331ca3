using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Well-behaved clients of one route: one keeps its connection, one makes a new one for each request, as the kubelet does.</summary>
internal sealed class HttpBystander : Bystander
{
    private const string Closed = "closed";

    private readonly IPEndPoint _server;
    private readonly byte[] _request;
    private Connection? _kept;

    public HttpBystander(IPEndPoint server, string path)
        : base(path)
    {
        (_server, _request) = (server, Bytes.Of($"GET {path} HTTP/1.1\r\nHost: ids\r\n\r\n"));
        Start(AskOverKeptAsync, AskOverNewAsync);
    }

    public override async Task StopAsync()
    {
        await base.StopAsync();
        _kept?.Dispose();
    }

    private async Task<string?> AskOverNewAsync()
    {
        try
        {
            using var connection = await Connection.OpenAsync(_server);
            return await AskAsync(connection);
        }
        catch (Exception e) when (IsFailure(e))
        {
            return e.Message;
        }
    }

    private async Task<string?> AskOverKeptAsync()
    {
        var isNew = _kept is null;
        string? failure;
        try
        {
            _kept ??= await Connection.OpenAsync(_server);
            failure = await AskAsync(_kept);
        }
        catch (Exception e) when (IsFailure(e))
        {
            failure = e.Message;
        }

        if (failure is null) return null;
        _kept?.Dispose();
        _kept = null;
        // A kept connection may be closed to make room, and that may cross with the next request: its client tries again.
        return !isNew && failure is (Closed or "Connection reset by peer" or "Broken pipe") ? null : failure;
    }

    private async Task<string?> AskAsync(Connection connection)
    {
        await connection.SendAsync(_request);
        var answer = await connection.ReadAsync(isHead: false);
        return answer is null ? Closed : answer.Status == 200 ? null : $"{answer.Status}";
    }

    private static bool IsFailure(Exception e) => e is SocketException or BrokenAnswerException or OperationCanceledException;
}
