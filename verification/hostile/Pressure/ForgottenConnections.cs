using System.Diagnostics;
using System.Net;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Connections that are never used, or not again: they end by themselves after 130 s. Only a long run gets to see that.</summary>
internal sealed class ForgottenConnections
{
    private const int Count = 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(145);

    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly List<Connection> _connections = [];

    public static async Task<ForgottenConnections> OpenAsync(IPEndPoint server)
    {
        var forgotten = new ForgottenConnections();
        while (forgotten._connections.Count < Count)
        {
            var connection = await Connection.OpenAsync(server);
            forgotten._connections.Add(connection);
            if (forgotten._connections.Count % 2 > 0) continue;
            await connection.SendAsync(Case.Sync.Bytes);
            await connection.ReadAsync(isHead: false);
        }

        return forgotten;
    }

    public void Check(Report report)
    {
        var open = _connections.Count(connection => !connection.HasEnded);
        if (_time.Elapsed > MostTime)
            report.Check("forgotten connections end", open == 0, $"{open} of {Count} open after {_time.Elapsed.TotalSeconds:0} s");
        _connections.ForEach(connection => connection.Dispose());
    }
}
