using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Ids;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>An ordinary client: asks for an ID again and again, over connections that it keeps and over new ones.</summary>
internal sealed class Prober : IAsyncDisposable
{
    // Much more than an answer takes: what it tells apart is waiting for one's turn and being shut out.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(5);
    private static readonly Expectation AnId = Oracle.Expect(Case.Sync)![0];

    private readonly IPEndPoint _server;
    private readonly Ledger _ledger;
    private readonly List<TimeSpan> _times = [];
    private readonly List<string> _failures = [];
    private readonly Task[] _probing;
    private volatile bool _stopped;

    public Prober(IPEndPoint server, Ledger ledger)
    {
        (_server, _ledger) = (server, ledger);
        _probing = [Task.Run(() => ProbeAsync(keeps: true)), Task.Run(() => ProbeAsync(keeps: true)), Task.Run(() => ProbeAsync(keeps: false))];
    }

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        await Task.WhenAll(_probing);
    }

    public async Task<Finding> StopAsync()
    {
        await DisposeAsync();
        _times.Sort();
        var worst = _times.LastOrDefault();
        var details = $"{_times.Count:N0} answers, 99 % within {At(0.99):N0} ms, the slowest {worst.TotalMilliseconds:N0} ms";
        if (_failures.Count > 0) details += $"; {_failures.Count} not answered: {string.Join("; ", _failures.Distinct().Take(3))}";
        return new(_failures.Count == 0 && _times.Count > 0 && worst < MostWait, details);
    }

    private double At(double share) => _times.Count == 0 ? 0 : _times[(int)(share * (_times.Count - 1))].TotalMilliseconds;

    private async Task ProbeAsync(bool keeps)
    {
        Connection? connection = null;
        while (!_stopped)
        {
            var time = Stopwatch.StartNew();
            string? failure;
            try
            {
                connection ??= await Connection.OpenAsync(_server);
                await connection.SendAsync(Case.Sync.Bytes);
                var answer = await connection.ReadAsync(isHead: false);
                failure = answer is null ? "closed" : AnId.Mismatch(answer, isHead: false, _ledger);
            }
            catch (Exception e) when (e is SocketException or BrokenAnswerException or OperationCanceledException)
            {
                failure = e.Message;
            }

            lock (_times)
            {
                if (failure is null) _times.Add(time.Elapsed);
                else _failures.Add(failure);
            }

            if (!keeps || failure is not null)
            {
                connection?.Dispose();
                connection = null;
            }

            await Task.Delay(5);
        }

        connection?.Dispose();
    }
}
