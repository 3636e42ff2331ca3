using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Well-behaved clients of one route: one keeps its connection, one makes a new one for each request, as the kubelet does.</summary>
internal sealed class Bystander
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly IPEndPoint _server;
    private readonly byte[] _request;
    private readonly Task[] _asking;
    private readonly List<string> _failures = [];
    private TimeSpan _slowest;
    private int _answers;
    private volatile bool _stopped;

    public Bystander(IPEndPoint server, string path)
    {
        (_server, Path) = (server, path);
        _request = Bytes.Of($"GET {path} HTTP/1.1\r\nHost: ids\r\n\r\n");
        _asking = [Task.Run(() => AskAsync(keeps: true)), Task.Run(() => AskAsync(keeps: false))];
    }

    public string Path { get; }

    public TimeSpan Slowest => _slowest;

    /// <summary>What was not answered, but for a kept connection that was closed to make room: its client tries again.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public int Answers => _answers;

    public async Task StopAsync()
    {
        _stopped = true;
        await Task.WhenAll(_asking);
    }

    private async Task AskAsync(bool keeps)
    {
        Connection? connection = null;
        while (!_stopped)
        {
            var time = Stopwatch.StartNew();
            var isNew = connection is null;
            string? failure = null;
            try
            {
                connection ??= await Connection.OpenAsync(_server);
                await connection.SendAsync(_request);
                var answer = await connection.ReadAsync(isHead: false);
                if (answer is null) failure = "closed";
                else if (answer.Status != 200) failure = $"{answer.Status}";
            }
            catch (Exception e) when (e is SocketException or BrokenAnswerException or OperationCanceledException)
            {
                failure = e.Message;
            }

            lock (_failures)
            {
                _answers++;
                if (failure is null && time.Elapsed > _slowest) _slowest = time.Elapsed;
                if (failure is not null && (isNew || failure != "closed")) _failures.Add(failure);
            }

            if (!keeps || failure is not null)
            {
                connection?.Dispose();
                connection = null;
            }

            await Task.Delay(Pause);
        }

        connection?.Dispose();
    }
}
