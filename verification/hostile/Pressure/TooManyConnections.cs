using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>More connections than are allowed: each newcomer is served, and the longest idle connection closed for it.</summary>
internal static class TooManyConnections
{
    private const int Allowed = 100;
    private const int Opened = 150;

    public static async Task<Finding> RunAsync()
    {
        await using var service = await Target.StartProcessAsync(("Gateway__MaxConnections", $"{Allowed}"));
        var server = Target.Local(service);
        var connections = new List<Connection>();
        var served = 0;
        while (connections.Count < Opened)
        {
            var connection = await Connection.OpenAsync(server);
            connections.Add(connection);
            if (await IsServedAsync(connection)) served++;
        }

        await Task.Delay(500);
        var open = connections.Count(connection => !connection.HasEnded);
        connections.ForEach(connection => connection.Dispose());
        return new(
            served == Opened && open is > Allowed - 5 and <= Allowed,
            $"{served} of {Opened} served where {Allowed} are allowed, {open} of them still open");
    }

    private static async Task<bool> IsServedAsync(Connection connection)
    {
        try
        {
            await connection.SendAsync(Case.Sync.Bytes);
            return await connection.ReadAsync(isHead: false) is { Status: 200 };
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
